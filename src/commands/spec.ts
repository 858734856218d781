/** `modstamp spec`: what a configuration may hold. */
import { defineCommand } from './definition.ts';

export const spec = defineCommand({
  name: 'spec',
  summary: 'Print the specification of the configuration',
  audience: 'host',
  options: {},
  examples: [],
  run: async (_, { messages }) => {
    const { default: spec } = await import('../../spec.json', { with: { type: 'json' } });
    await messages.send({ type: 'SPEC', spec });
    return 0;
  },
});
