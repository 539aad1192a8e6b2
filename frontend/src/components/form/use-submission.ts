"use client";

import { useState } from "react";
import type { FieldPath, FieldValues, UseFormReturn } from "react-hook-form";
import { showAtFields } from "@/components/form/problems";
import { isWrongCode, isWrongPassword } from "@/lib/api/problems";
import { text } from "@/lib/i18n/translate";

interface Options<Values extends FieldValues> {
  /** The fields with which the person proves who they are. A refused one is emptied and focused. */
  password?: FieldPath<Values>;
  code?: FieldPath<Values>;
}

interface Submission {
  onSubmit: (event: React.FormEvent<HTMLFormElement>) => void;
  /** Why the last attempt failed, unless that is shown at a field. */
  failure: unknown;
  isPending: boolean;
}

/** Sends a form, and puts each refusal where it belongs: at its field, or above all of them. */
export function useSubmission<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  act: (values: Values) => Promise<unknown>,
  proof: Options<Values> = {},
): Submission {
  const [failure, setFailure] = useState<unknown>();

  const refuse = (field: FieldPath<Values>, message: string) => {
    form.resetField(field);
    form.setError(field, { type: "server", message });
    form.setFocus(field);
  };
  const place = (error: unknown) => {
    if (proof.password && isWrongPassword(error)) refuse(proof.password, text("The password is wrong"));
    else if (proof.code && isWrongCode(error))
      refuse(proof.code, text("The code is wrong, or it was used before"));
    else if (!showAtFields(error, Object.keys(form.getValues()) as FieldPath<Values>[], form.setError))
      setFailure(error);
  };
  const submit = form.handleSubmit(async (values) => {
    setFailure(undefined);
    try {
      await act(values);
    } catch (error) {
      place(error);
    }
  });
  return {
    onSubmit: (event) => void submit(event),
    failure,
    isPending: form.formState.isSubmitting,
  };
}
