/** Catalog files: a document, or what discover printed, log messages and all. */
import { readJsonLines } from '../json/file.ts';
import { isJsonObject } from '../json/value.ts';

/**
 * The content of a catalog file: the document, or, of the messages that a connector printed line by line, its CATALOG. Which
 * of the two it is, and whether it will do, is for the caller to say. Throws config_error where the file can't be read.
 */
export async function readCatalogFile(path: string): Promise<unknown> {
  const found = await readJsonLines(path, 'catalog');
  return Array.isArray(found)
    ? (found.find((line) => isJsonObject(line) && line['type'] === 'CATALOG') ?? found)
    : found;
}
