// What the process was started with: the only file that reads argv, Node's flags and the environment.

export const processArguments = (): readonly string[] => process.argv.slice(2);

/** Flags of Node and V8. */
export const nodeFlags = (): readonly string[] => process.execArgv;

export const processEnvironment = (): Readonly<Record<string, string | undefined>> => process.env;
