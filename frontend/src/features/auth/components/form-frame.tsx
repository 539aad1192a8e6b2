"use client";

import { Failure } from "@/components/failure";
import { Button } from "@/components/ui/button";

interface FormFrameProps {
  title: string;
  introduction: React.ReactNode;
  /** Why the last attempt failed, unless that is shown at a field. */
  failure: unknown;
  notice?: React.ReactNode;
  submit: string;
  isPending: boolean;
  onSubmit: (event: React.FormEvent<HTMLFormElement>) => void;
  children: React.ReactNode;
  /** Other ways, below the button. */
  footer?: React.ReactNode;
}

/** What the pages around signing in have in common. */
export function FormFrame(props: FormFrameProps) {
  const { title, introduction, failure, notice, submit, isPending, onSubmit, children, footer } = props;
  return (
    <>
      <h1 className="font-semibold text-3xl tracking-tight">{title}</h1>
      <p className="mt-2 text-pretty text-soft">{introduction}</p>
      <form onSubmit={onSubmit} noValidate className="mt-8 flex flex-col gap-5">
        {notice}
        {failure !== undefined && <Failure error={failure} />}
        {children}
        <Button type="submit" variant="primary" size="large" isPending={isPending} className="mt-1 w-full">
          {submit}
        </Button>
      </form>
      {footer}
    </>
  );
}
