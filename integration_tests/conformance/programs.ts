/** The two forms of the program that must conform: the built file, and the image where Docker is there. */
import { buildImage, engineIsThere, imageCommand } from '../image/engine.ts';
import type { ProgramOptions } from '../program.ts';

export interface ProgramForm {
  readonly form: string;
  readonly options: Pick<ProgramOptions, 'command' | 'timeoutMs'>;
  /** Called once before the form is used. */
  readonly prepare: () => void;
}

/** The forms that can run here, for describe.each. A run through the image has more time: each starts a container. */
export function programForms(what: string): readonly ProgramForm[] {
  const built: ProgramForm = { form: 'the built program', options: { timeoutMs: 120_000 }, prepare: () => undefined };
  if (!engineIsThere(`${what} through the image`)) return [built];
  return [built, { form: 'the image', options: { command: imageCommand(), timeoutMs: 240_000 }, prepare: buildImage }];
}
