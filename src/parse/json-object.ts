/** A JSON object that somebody else wrote: its text, and what one may ask of it. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** Null for text that is no JSON, or JSON that is no object. */
export function parseJsonObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
