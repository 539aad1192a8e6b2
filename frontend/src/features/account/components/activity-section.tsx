"use client";

import { History, TriangleAlert } from "lucide-react";
import { useCallback } from "react";
import { EntriesSkeleton } from "@/components/entries-skeleton";
import { Entry } from "@/components/entry";
import { Failure } from "@/components/failure";
import { Loaded } from "@/components/loaded";
import { SettingsSection } from "@/components/settings-section";
import { Button } from "@/components/ui/button";
import { describe, describeDetails } from "@/features/account/activity-words";
import { loadAudit } from "@/features/account/api";
import { deviceName } from "@/features/account/device-name";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useAction } from "@/hooks/use-action";
import { useResource } from "@/hooks/use-resource";
import type { AuditEntry } from "@/lib/api/types";
import { fullTime, relativeTime } from "@/lib/dates";
import { isolate } from "@/lib/isolate";

export function ActivitySection() {
  const t = useText();
  const { connection } = useRuntime();
  const first = useCallback((signal: AbortSignal) => loadAudit(connection, null, signal), [connection]);
  const resource = useResource(first);
  const cursor = resource.value?.next_cursor ?? null;
  const more = useAction(async () => {
    const page = await loadAudit(connection, cursor);
    resource.set(({ items }) => ({ items: [...items, ...page.items], next_cursor: page.next_cursor }));
  });
  return (
    <SettingsSection
      title={t("Security log")}
      description={t("What happened to your account, the newest first. Nobody can change what is in it.")}
    >
      <Loaded resource={resource} skeleton={<EntriesSkeleton rows={6} />}>
        {({ items, next_cursor }) =>
          items.length === 0 ? (
            <p className="text-soft text-sm">{t("Nothing has happened yet.")}</p>
          ) : (
            <div className="grid gap-5">
              <ul aria-label={t("Security log")} className="divide-y">
                {items.map((entry) => (
                  <ActivityEntry key={entry.id} entry={entry} />
                ))}
              </ul>
              {more.failure !== undefined && <Failure error={more.failure} />}
              {next_cursor !== null && (
                <Button className="w-fit" isPending={more.isPending} onClick={() => void more.run()}>
                  {t("Show older entries")}
                </Button>
              )}
            </div>
          )
        }
      </Loaded>
    </SettingsSection>
  );
}

function ActivityEntry({ entry }: { entry: AuditEntry }) {
  const t = useText();
  const { title, isNotable } = describe(t, entry);
  const details = describeDetails(t, entry);
  const origin = [
    entry.device && isolate(deviceName(t, entry.device)),
    entry.address && t("from {address}", { address: entry.address }),
  ];
  return (
    <Entry
      icon={isNotable ? <TriangleAlert aria-hidden className="text-warn" /> : <History aria-hidden />}
      title={
        <>
          {title}
          {details && <span className="font-normal text-soft">{details}</span>}
        </>
      }
    >
      <time dateTime={entry.at} title={relativeTime(t, entry.at)}>
        {fullTime(t.locale, entry.at)}
      </time>
      {origin.some(Boolean) && <> · {origin.filter(Boolean).join(" ")}</>}
    </Entry>
  );
}
