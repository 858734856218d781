/** The commands, in the order of the help. */
import { catalog } from './catalog.ts';
import { check } from './check.ts';
import { completion } from './completion.ts';
import type { Command } from './definition.ts';
import { diff } from './diff.ts';
import { discover } from './discover.ts';
import { formulas } from './formulas.ts';
import { login } from './login.ts';
import { read } from './read.ts';
import { spec } from './spec.ts';
import { state } from './state.ts';

export const COMMANDS: readonly Command[] = [
  spec,
  login,
  check,
  discover,
  catalog,
  read,
  diff,
  state,
  formulas,
  completion,
];

export function findCommand(name: string | undefined): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
