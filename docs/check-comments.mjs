// Checks that every doc comment in the sources of the packages is valid TSDoc; prints each fault with
// its place. What has to be documented at all is up to TypeDoc (typedoc.json).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TextRange, TSDocParser } from '@microsoft/tsdoc';
import ts from 'typescript';

const packages = fileURLToPath(new URL('../packages/', import.meta.url));
const parser = new TSDocParser();
let faults = 0;

/** Parses the doc comments of a node and of everything inside it. */
function check(node, file, text) {
  for (const { pos, end } of node.jsDoc ?? []) {
    for (const message of parser.parseRange(TextRange.fromStringRange(text, pos, end)).log
      .messages) {
      console.error(`packages/${file}${message}`);
      faults += 1;
    }
  }
  ts.forEachChild(node, (child) => check(child, file, text));
}

for (const name of readdirSync(packages)) {
  const sources = join(packages, name, 'src');
  if (!existsSync(sources)) continue;
  for (const file of readdirSync(sources, { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(sources, file), 'utf8');
    check(ts.createSourceFile(file, text, ts.ScriptTarget.Latest), `${name}/src/${file}`, text);
  }
}
process.exitCode = faults === 0 ? 0 : 1;
