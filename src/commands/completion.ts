/** `modstamp completion`: what makes the Tab key know the commands. */
import { defineCommand } from './definition.ts';

export const completion = defineCommand({
  name: 'completion',
  summary: 'Print a script that completes commands and options at Tab',
  audience: 'person',
  options: {},
  positionals: {
    shell: { choices: ['bash', 'zsh', 'fish'], demandOption: true, describe: 'The shell that is to complete' },
  },
  examples: [{ line: 'source <(modstamp completion bash)', purpose: 'Complete in this shell; for good, in ~/.bashrc' }],
  run: async ({ shell }, { print }) => {
    const [{ COMMANDS }, { completionScript }] = await Promise.all([
      import('./list.ts'),
      import('../terminal/completion-script.ts'),
    ]);
    await print('stdout', completionScript(shell, COMMANDS));
    return 0;
  },
});
