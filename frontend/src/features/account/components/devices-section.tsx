"use client";

import { Laptop, Smartphone } from "lucide-react";
import { useRef } from "react";
import { ConfirmButton } from "@/components/confirm-button";
import { EntriesSkeleton } from "@/components/entries-skeleton";
import { Badge, Entry } from "@/components/entry";
import { Failure } from "@/components/failure";
import { Loaded } from "@/components/loaded";
import { SettingsSection } from "@/components/settings-section";
import { notify } from "@/components/toast";
import { When } from "@/components/when";
import { endDevice, endOtherDevices, loadDevices } from "@/features/account/api";
import { deviceName, isHandheld } from "@/features/account/device-name";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useAction } from "@/hooks/use-action";
import { useLoaded } from "@/hooks/use-loaded";
import { ApiProblem } from "@/lib/api/problems";
import type { Device } from "@/lib/api/types";

export function DevicesSection() {
  const t = useText();
  const { connection } = useRuntime();
  const resource = useLoaded(loadDevices);
  const list = useRef<HTMLUListElement>(null);
  const endAll = useAction(async () => {
    await endOtherDevices(connection);
    resource.set((before) => before.filter(({ current }) => current));
    void notify("message", t("All other devices are signed out"));
    list.current?.focus();
  });
  const ended = (id: string) => {
    resource.set((before) => before.filter((device) => device.id !== id));
    list.current?.focus();
  };
  return (
    <SettingsSection
      title={t("Devices")}
      description={t(
        "Where you are signed in. Signing a device out takes effect at once; what it had not sent yet stays on it.",
      )}
    >
      <Loaded resource={resource} skeleton={<EntriesSkeleton />}>
        {(devices) => (
          <div className="grid gap-6">
            {endAll.failure !== undefined && <Failure error={endAll.failure} />}
            <ul ref={list} tabIndex={-1} aria-label={t("Devices")} className="divide-y outline-none">
              {[...devices].sort(thisOneFirst).map((device) => (
                <DeviceEntry key={device.id} device={device} onEnded={ended} />
              ))}
            </ul>
            {devices.some(({ current }) => !current) && (
              <ConfirmButton
                className="w-fit"
                isPending={endAll.isPending}
                question={t("Sign out all other devices?")}
                explanation={t("Everything but this device has to sign in again.")}
                confirm={t("Sign them out")}
                onConfirm={() => void endAll.run()}
              >
                {t("Sign out all other devices")}
              </ConfirmButton>
            )}
          </div>
        )}
      </Loaded>
    </SettingsSection>
  );
}

const thisOneFirst = (a: Device, b: Device): number =>
  Number(b.current) - Number(a.current) || Date.parse(b.last_used_at) - Date.parse(a.last_used_at);

function DeviceEntry({ device, onEnded }: { device: Device; onEnded: (id: string) => void }) {
  const t = useText();
  const { connection } = useRuntime();
  const name = deviceName(t, device.device);
  const { run, isPending, failure } = useAction(async () => {
    try {
      await endDevice(connection, device.id);
    } catch (error) {
      // Somebody was quicker: it is signed out, and that is what was wanted.
      if (!(error instanceof ApiProblem && error.status === 404)) throw error;
    }
    void notify("message", t("Signed out"), { description: name });
    onEnded(device.id);
  });
  return (
    <Entry
      below={failure !== undefined && <Failure error={failure} onRetry={() => void run()} />}
      icon={isHandheld(device.device) ? <Smartphone aria-hidden /> : <Laptop aria-hidden />}
      title={
        <>
          <bdi>{name}</bdi>
          {device.current && <Badge>{t("This device")}</Badge>}
        </>
      }
      action={
        !device.current && (
          <ConfirmButton
            variant="ghost"
            aria-label={t("Sign out {name}", { name })}
            isPending={isPending}
            question={t("Sign out {name}?", { name })}
            explanation={t("It has to sign in again.")}
            confirm={t("Sign it out")}
            onConfirm={() => void run()}
          >
            {t("Sign out")}
          </ConfirmButton>
        )
      }
    >
      {device.current
        ? t("Used now")
        : t.parts("Last used {time}", { time: <When key="time" at={device.last_used_at} /> })}
      {device.address && ` ${t("from {address}", { address: device.address })}`},{" "}
      {t.parts("signed in {time}", { time: <When key="time" at={device.created_at} /> })}
    </Entry>
  );
}
