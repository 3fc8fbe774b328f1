// The wall in front of a package's public functions, as a test that each package runs on its own list
// of calls. What a right call does is not tested here.
import { expect, test } from 'vitest';

/** A call with a wrong argument in one place. */
// biome-ignore lint/suspicious/noExplicitAny: that is the point.
export type Call = (wrong: any) => unknown;

/**
 * Tests that a wrong argument is a TypeError that names it, in every place of every function.
 *
 * @param calls - by the name of the function, one call for each place of an argument
 */
export function testWrongArguments(calls: Readonly<Record<string, readonly Call[]>>): void {
  const cases = Object.entries(calls).flatMap(([name, places]) =>
    places.map((call, i) => [name, i + 1, call] as const),
  );
  test.each(cases)('%s, place %i', async (_, __, call) => {
    for (const wrong of [null, Symbol('wrong')]) {
      const outcome = await Promise.resolve(wrong)
        .then(call)
        .catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(TypeError);
      expect((outcome as Error).message).toMatch(/^Expected .+ for .+ but received (null|Symbol)/);
    }
  });
}
