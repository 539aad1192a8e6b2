import type { FieldPath, FieldValues, UseFormSetError } from "react-hook-form";
import { ApiProblem } from "@/lib/api/problems";

/** Shows the problems of a 422 at their fields. Answers false when none of them belongs to a field of this form. */
export function showAtFields<Values extends FieldValues>(
  error: unknown,
  fields: readonly FieldPath<Values>[],
  setError: UseFormSetError<Values>,
): boolean {
  if (!(error instanceof ApiProblem)) return false;
  const placed = error.errors.flatMap(({ pointer, detail }) => {
    const field = fields.find((name) => pointer === `#/${name.replaceAll(".", "/")}`);
    return field ? [{ field, detail }] : [];
  });
  placed.forEach(({ field, detail }, index) => {
    setError(field, { type: "server", message: sentence(detail) }, { shouldFocus: index === 0 });
  });
  return placed.length > 0;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
