"use client";

import { Trash2 } from "lucide-react";
import { Suspense, useState } from "react";
import { moments, todos } from "@/app/kit/samples";
import { stillStore } from "@/app/kit/still-store";
import { Badge } from "@/components/entry";
import { RowsSkeleton } from "@/components/page-skeleton";
import { Button } from "@/components/ui/button";
import Calendar from "@/components/ui/calendar";
import { CheckField } from "@/components/ui/check-field";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PasswordField } from "@/components/ui/password-field";
import { Segmented } from "@/components/ui/segmented";
import { SelectField } from "@/components/ui/select-field";
import { TextField } from "@/components/ui/text-field";
import { SyncNotices } from "@/features/sync/components/sync-notices";
import { SyncStatus } from "@/features/sync/components/sync-status";
import { TodosPage } from "@/features/todos/components/todos-page";
import { TodoStoreContext } from "@/hooks/todo-store";

/** Every control in every state, for eyes, for Playwright and for axe. Its texts are of no language but this one. */
export default function Kit() {
  const [choice, setChoice] = useState<"one" | "two">("one");
  return (
    <main className="mx-auto grid max-w-3xl gap-12 px-5 py-10">
      <h1 className="font-semibold text-3xl tracking-tight">Kit</h1>
      <Part title="Buttons">
        <div className="flex flex-wrap gap-3">
          {(["primary", "secondary", "ghost", "danger"] as const).map((variant) => (
            <div key={variant} className="grid justify-items-start gap-3">
              <Button variant={variant}>{variant}</Button>
              <Button variant={variant} isPending>
                {variant} pending
              </Button>
              <Button variant={variant} disabled>
                {variant} disabled
              </Button>
            </div>
          ))}
          <Button variant="ghost" size="icon" aria-label="A sign only">
            <Trash2 aria-hidden className="size-4.5" />
          </Button>
        </div>
      </Part>
      <Part title="Fields">
        <div className="grid gap-5 sm:grid-cols-2">
          <TextField label="Text" placeholder="Nothing yet" description="What it is for" />
          <TextField label="With a problem" defaultValue="wrong" error="That is not right" />
          <PasswordField label="Password" autoComplete="off" />
          <SelectField label="One of a few" options={[{ value: "a", label: "The first" }]} />
          <CheckField label="To tick" description="What ticking it means" />
          <CheckField label="Not to be ticked now" disabled />
          <Segmented
            label="One of two"
            value={choice}
            onChange={setChoice}
            options={[
              { value: "one", label: "One" },
              { value: "two", label: "Two" },
            ]}
          />
          <div className="flex gap-2">
            <Badge>accent</Badge>
            <Badge tone="warn">warn</Badge>
            <Badge tone="quiet">quiet</Badge>
          </div>
        </div>
      </Part>
      <Part title="Notices and waiting">
        <div className="grid gap-3">
          {(["info", "warning", "error"] as const).map((tone) => (
            <Notice key={tone} tone={tone} title={`A notice: ${tone}`} action={<Button>Do it</Button>}>
              More about it.
            </Notice>
          ))}
          <RowsSkeleton rows={3} />
          <EmptyState icon={<Trash2 aria-hidden />} title="Nothing here">
            What it is for.
          </EmptyState>
        </div>
      </Part>
      <Part title="Calendar">
        <div className="max-w-xs">
          <Calendar label="A day" locale="en-GB" value="2026-11-22" onChange={() => undefined} />
        </div>
      </Part>
      {moments.map(([name, snapshot]) => (
        <Part key={name} title={`Sync: ${name}`}>
          <TodoStoreContext value={stillStore(snapshot)}>
            <SyncStatus />
            <SyncNotices />
          </TodoStoreContext>
        </Part>
      ))}
      <Part title="Todos">
        <TodoStoreContext value={stillStore({ todos })}>
          <Suspense>
            <TodosPage />
          </Suspense>
        </TodoStoreContext>
      </Part>
    </main>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-4">
      <p className="border-b pb-2 font-semibold">{title}</p>
      {children}
    </section>
  );
}
