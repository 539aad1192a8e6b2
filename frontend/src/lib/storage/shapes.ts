/** Recognises a value that was read from storage. Undefined: it is something else. By hand, as a few lines do here. */
export type Shape<Value> = (value: unknown) => Value | undefined;

type Properties = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const oneOf =
  <Value extends string>(values: readonly Value[]): Shape<Value> =>
  (value) =>
    values.find((known) => known === value);

export const texts: Shape<Record<string, string>> = (value) =>
  isObject(value) && Object.values(value).every((text) => typeof text === "string")
    ? (value as Record<string, string>)
    : undefined;
