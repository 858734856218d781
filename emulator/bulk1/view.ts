/** Jobs and batches of Bulk 1.0 as XML and JSON. */
import { json, text, type Answer } from '../http/answer.ts';
import { Refusal } from '../http/refusal.ts';

/** Members in their order; the only content of this API's answers. */
export type Members = Readonly<Record<string, string | number>>;

export type Format = 'xml' | 'json';

const NAMESPACE = 'http://www.force.com/2009/06/asyncapi/dataload';

/** An element with its members, or the same as a JSON object. */
export function answerOf(format: Format, element: string, members: Members, status = 200): Answer {
  if (format === 'json') return json(members, status);
  return xml(`<${element} xmlns="${NAMESPACE}">${children(members)}</${element}>`, status);
}

/** A list: of batches (`batchInfoList`), or of results (`result-list`), whose items are bare ids. */
export function answerList(
  format: Format,
  list: string,
  element: string,
  items: readonly (Members | string)[],
): Answer {
  if (format === 'json') return json(list === 'result-list' ? items : { batchInfo: items });
  const inner = items.map((item) => {
    const content = typeof item === 'string' ? escapeXml(item) : children(item);
    return `<${element}>${content}</${element}>`;
  });
  return xml(`<${list} xmlns="${NAMESPACE}">${inner.join('')}</${list}>`, 200);
}

/** A refusal of this API: `exceptionCode` in words without separators (Bulk guide, "Errors"). */
export function bulk1Refusal(format: Format, status: number, code: string, message: string): Refusal {
  return new Refusal(answerOf(format, 'error', { exceptionCode: code, exceptionMessage: message }, status), message);
}

/** The text of an element of a request body, or the member of a JSON one; undefined where there is none. */
export function memberOf(body: string, name: string): string | undefined {
  const element = new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
  return element?.trim() ?? new RegExp(`"${name}"\\s*:\\s*"([^"]*)"`).exec(body)?.[1];
}

function xml(content: string, status: number): Answer {
  return text(`<?xml version="1.0" encoding="UTF-8"?>${content}`, 'application/xml', status);
}

function children(members: Members): string {
  return Object.entries(members)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('');
}

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
