import type { FieldValues, Resolver } from "react-hook-form";

/** Validation that is loaded when something is validated first: no form needs it to be filled in. */
export const lazyResolver =
  <Values extends FieldValues>(load: () => Promise<Resolver<Values>>): Resolver<Values> =>
  async (values, context, options) =>
    (await load())(values, context, options);
