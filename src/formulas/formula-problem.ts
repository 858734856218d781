/** Why a formula can't be translated. The message is the reason that a person reads beside the name of the field. */
export class FormulaProblem extends Error {
  override readonly name = 'FormulaProblem';
}
