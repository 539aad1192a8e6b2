"use client";

import { useCallback, useState } from "react";
import { ConfirmButton } from "@/components/confirm-button";
import { CopyButton } from "@/components/copy-button";
import { Failure } from "@/components/failure";
import { Loaded } from "@/components/loaded";
import { SettingsSection } from "@/components/settings-section";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { When } from "@/components/when";
import { useText } from "@/hooks/text";
import { type Action, useAction } from "@/hooks/use-action";
import { useResource } from "@/hooks/use-resource";
import { useTodoCalls } from "@/hooks/use-todo-calls";

interface Link {
  /** Since when there is one. */
  readonly since: string | null;
}

/** What is due, in the calendar that one uses already. */
export function CalendarSection() {
  const t = useText();
  const calls = useTodoCalls();
  /** Known only to the page that has made it: the server keeps no more than a hash. */
  const [url, setUrl] = useState<string>();
  const load = useCallback(
    async (signal: AbortSignal): Promise<Link> => ({ since: await calls.calendar(signal) }),
    [calls],
  );
  const resource = useResource(load);
  const share = useAction(async () => {
    setUrl(await calls.shareCalendar());
    resource.set(() => ({ since: new Date().toISOString() }));
  });
  const end = useAction(async () => {
    await calls.unshareCalendar();
    setUrl(undefined);
    resource.set(() => ({ since: null }));
  });
  const failure = share.failure ?? end.failure;
  return (
    <SettingsSection
      title={t("Calendar")}
      description={t(
        "A secret address under which calendar apps can read what is due. Whoever knows it can read it, too.",
      )}
    >
      <Loaded resource={resource} skeleton={<Skeleton className="h-10 w-56 rounded-xl" />}>
        {({ since }) => (
          <div className="grid gap-4">
            {failure !== undefined && <Failure error={failure} />}
            {since === null ? (
              <Button className="w-fit" isPending={share.isPending} onClick={() => void share.run()}>
                {t("Make an address")}
              </Button>
            ) : (
              <>
                {url === undefined ? (
                  <p className="text-soft text-sm">
                    {t.parts(
                      "There is an address since {time}. It was shown once, and cannot be shown again.",
                      {
                        time: <When key="time" at={since} />,
                      },
                    )}
                  </p>
                ) : (
                  <Address url={url} />
                )}
                <Renewing share={share} end={end} />
              </>
            )}
          </div>
        )}
      </Loaded>
    </SettingsSection>
  );
}

function Address({ url }: { url: string }) {
  const t = useText();
  return (
    <div role="status">
      <p className="mb-2 text-soft text-sm">{t("Copy it now: it is not shown again.")}</p>
      <div className="flex items-center gap-1 rounded-xl bg-sunken py-1 ps-3.5 pe-1">
        <code className="min-w-0 flex-1 font-mono text-sm [overflow-wrap:anywhere]">{url}</code>
        <CopyButton text={url} what={t("the address")} />
      </div>
    </div>
  );
}

function Renewing({ share, end }: { share: Action<[]>; end: Action<[]> }) {
  const t = useText();
  return (
    <div className="flex flex-wrap gap-3">
      <ConfirmButton
        isPending={share.isPending}
        question={t("Make a new address?")}
        explanation={t("The one you have stops to work. Calendars that use it need the new one.")}
        confirm={t("Make a new one")}
        onConfirm={() => void share.run()}
      >
        {t("New address")}
      </ConfirmButton>
      <ConfirmButton
        variant="ghost"
        isPending={end.isPending}
        question={t("Stop sharing what is due?")}
        explanation={t("The address stops to work at once.")}
        confirm={t("Stop it")}
        onConfirm={() => void end.run()}
      >
        {t("Stop sharing")}
      </ConfirmButton>
    </div>
  );
}
