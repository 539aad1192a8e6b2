"use client";

import { lazy, Suspense } from "react";
import { Badge } from "@/components/entry";
import { Failure } from "@/components/failure";
import { Loaded } from "@/components/loaded";
import { SettingsSection } from "@/components/settings-section";
import { notify } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { When } from "@/components/when";
import { loadUser, sendVerification } from "@/features/account/api";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useAction } from "@/hooks/use-action";
import { useLoaded } from "@/hooks/use-loaded";
import { useSession } from "@/hooks/use-session";
import type { User } from "@/lib/api/types";

const NameForm = lazy(() => import("@/features/account/components/name-form"));

export function ProfileSection() {
  const t = useText();
  const { user } = useSession();
  const account = useLoaded(loadUser);
  return (
    <SettingsSection title={t("Profile")} description={t("Who you are in Daybook.")}>
      <div className="grid gap-6">
        <div>
          <h3 className="font-medium text-sm">{t("E-mail")}</h3>
          <p className="mt-1 [overflow-wrap:anywhere]">{user?.email}</p>
          <div className="mt-2 text-sm">
            <Loaded resource={account} skeleton={<Skeleton className="h-6 w-56" />}>
              {(loaded) => <Verification user={loaded} />}
            </Loaded>
          </div>
        </div>
        <Suspense fallback={<Skeleton className="h-40 w-full rounded-2xl" />}>
          {user && <NameForm key={user.id} name={user.display_name ?? ""} />}
        </Suspense>
      </div>
    </SettingsSection>
  );
}

function Verification({ user }: { user: User }) {
  const t = useText();
  const { connection } = useRuntime();
  const { run, isPending, failure } = useAction(async () => {
    await sendVerification(connection);
    void notify("message", t("Mail sent"), {
      description: t("Open its link to confirm {email}.", { email: user.email }),
    });
  });
  const since = user.created_at && (
    <span className="text-faint">
      {t.parts("Here since {time}", { time: <When key="time" at={user.created_at} /> })}
    </span>
  );
  if (user.email_verified) {
    return (
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge>{t("Confirmed")}</Badge>
        {since}
      </div>
    );
  }
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Badge tone="warn">{t("Not confirmed")}</Badge>
        <Button isPending={isPending} onClick={() => void run()}>
          {t("Send the mail again")}
        </Button>
        {since}
      </div>
      {failure !== undefined && <Failure error={failure} />}
    </div>
  );
}
