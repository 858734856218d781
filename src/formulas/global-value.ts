/** Names that begin with `$`: what is the same for everybody has a value, the rest a reason. */
import { FormulaProblem } from './formula-problem.ts';
import type { Typed } from './typed.ts';

/** The value of such a name. Throws FormulaProblem with the reason where it has none, and for a name of another kind. */
export function globalValue(name: string): Typed {
  if (name.toLowerCase() === '$system.origindatetime') {
    const column = "TIMESTAMP '1900-01-01 00:00:00'";
    return { kind: 'field', type: 'datetime', field: { type: 'datetime', column, isZeroed: false } };
  }
  const why = GLOBALS.find(([prefix]) => name.toLowerCase().startsWith(prefix))?.[1];
  throw new FormulaProblem(why === undefined ? `the field ${name} is not known` : `${name} ${why}`);
}

const GLOBALS: readonly (readonly [prefix: string, why: string])[] = [
  ['$user.', 'is of the person who looks'],
  ['$userrole.', 'is of the person who looks'],
  ['$profile.', 'is of the person who looks'],
  ['$permission.', 'is of the person who looks'],
  ['$organization.', 'is a value of the org'],
  ['$setup.', 'is a custom setting, which differs from person to person'],
  ['$custommetadata.', 'is a value of a custom metadata record'],
  ['$label.', 'is a custom label, in the language of the person who looks'],
  ['$api.', 'is an address of a session'],
  ['$system.', 'is a value of a session'],
  ['$', 'is a global value that a warehouse does not have'],
];
