/** The header row that Salesforce puts on every page of a Bulk result: field names and paths such as `Owner.Name`. */

const NAME = /^"?([\w.]+)"?$/;

/**
 * Matches a header row (no line end) with the fields of the SOQL, in any order and any case: place in the header -> place
 * in `fields`. A phrase ("lacks the column …") where they are not the same names, each once.
 */
export function headerSlots(header: string, fields: readonly string[]): Int32Array | { readonly problem: string } {
  const places = new Map(fields.map((field, place) => [field.toLowerCase(), place]));
  const names = header.split(',');
  const slots = new Int32Array(names.length);
  for (const [i, quoted] of names.entries()) {
    const name = NAME.exec(quoted)?.[1] ?? '';
    const place = places.get(name.toLowerCase());
    if (place === undefined) {
      const twice = fields.some((field) => field.toLowerCase() === name.toLowerCase());
      return { problem: `${twice ? 'has twice' : 'has a column that was not asked for,'} ${shortened(quoted)}` };
    }
    slots[i] = place;
    places.delete(name.toLowerCase());
  }
  const [missing] = places.keys();
  if (missing === undefined) return slots;
  return { problem: `lacks the column ${fields.find((field) => field.toLowerCase() === missing)}` };
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
