// What '@nacre/web/react' and the like are when a program runs: nothing. They only have types.
export {};
