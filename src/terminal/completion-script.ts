/** Scripts that complete command lines at the press of Tab. They are made of the commands and hold no other knowledge. */
import type { Command } from '../commands/definition.ts';

type Shell = 'bash' | 'zsh' | 'fish';

interface CompletedOption {
  readonly flag: string;
  readonly describe: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** The script for a shell. What an option's value may be is completed as far as it is a list, else with names of files. */
export function completionScript(shell: Shell, commands: readonly Command[]): string {
  return { bash, zsh, fish }[shell](commands);
}

function bash(commands: readonly Command[]): string {
  const values = commands.flatMap((command) =>
    optionsOf(command)
      .filter(({ takesValue }) => takesValue)
      .map(({ flag, choices }) => `    '${command.name} ${flag}') words=${quoted(choices.join(' '))} ;;`),
  );
  const words = commands.map((command) => {
    const flags = optionsOf(command).map(({ flag }) => flag);
    return `    ${command.name}) words=${quoted([...positionalChoices(command), ...flags].join(' '))} ;;`;
  });
  return `# To use it: source <(modstamp completion bash), in ~/.bashrc
_modstamp() {
  local words current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(commands.map(({ name }) => name).join(' '))} -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${words.join('\n')}
  esac
  case "\${COMP_WORDS[1]} $previous" in
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _modstamp modstamp
`;
}

function zsh(commands: readonly Command[]): string {
  const spoken = (text: string) => text.replaceAll(/[[\]:]/g, String.raw`\$&`);
  const named = commands.map(({ name, summary }) => `    ${quoted(`${name}:${spoken(summary)}`)}`);
  const cases = commands.map((command) => {
    const choices = positionalChoices(command);
    const specs = [
      ...optionsOf(command).map(({ flag, describe, takesValue, choices }) => {
        const action = choices.length > 0 ? `(${choices.join(' ')})` : '_files';
        return quoted(`${flag}[${spoken(describe)}]${takesValue ? `:value:${action}` : ''}`);
      }),
      ...(choices.length > 0 ? [quoted(`1:action:(${choices.join(' ')})`)] : []),
    ];
    return `    ${command.name}) _arguments ${specs.join(' ')} ;;`;
  });
  return `#compdef modstamp
# To use it: source <(modstamp completion zsh), in ~/.zshrc after compinit
_modstamp() {
  local -a commands
  commands=(
${named.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join('\n')}
  esac
}
compdef _modstamp modstamp
`;
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const seen = `complete -c modstamp -n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`;
    return [
      `complete -c modstamp -f -n __fish_use_subcommand -a ${command.name} -d ${fishQuoted(command.summary)}`,
      ...positionalChoices(command).map((choice) => `${seen} -f -a ${choice}`),
      ...optionsOf(command).map(({ flag, describe, takesValue, choices }) => {
        const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
        return `${seen} -l ${flag.slice(2)}${value} -d ${fishQuoted(describe)}`;
      }),
    ];
  });
  return `# To use it: modstamp completion fish > ~/.config/fish/completions/modstamp.fish\n${lines.join('\n')}\n`;
}

function optionsOf({ options }: Command): CompletedOption[] {
  const own = Object.entries(options).map(([name, { describe, type, choices }]) => ({
    flag: `--${name}`,
    describe: describe || '',
    takesValue: type !== 'boolean',
    choices: (choices ?? []).map(String),
  }));
  return [...own, { flag: '--help', describe: 'Show help', takesValue: false, choices: [] }];
}

function positionalChoices({ positionals = {} }: Command): string[] {
  return Object.values(positionals).flatMap(({ choices }) => (choices ?? []).map(String));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
