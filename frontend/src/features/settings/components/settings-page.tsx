"use client";

import { ArrowLeft, LogOut } from "lucide-react";
import Link from "next/link";
import { ThemeChoice } from "@/components/theme-choice";
import { Button } from "@/components/ui/button";
import { useSignOut } from "@/components/use-sign-out";
import { paths } from "@/config/paths";
import { SettingsSection } from "@/features/settings/components/settings-section";
import { useSession } from "@/hooks/use-session";

export function SettingsPage() {
  return (
    <>
      <Link
        href={paths.todos}
        className="-ml-1.5 mb-3 inline-flex items-center gap-1.5 rounded-lg px-1.5 py-1 font-medium text-soft text-sm hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        Todos
      </Link>
      <h1 className="font-semibold text-3xl tracking-tight">Settings</h1>
      <div className="mt-6 grid gap-5">
        <Account />
        <SettingsSection
          title="Appearance"
          description="On this device. “System” follows its light and dark mode."
        >
          <ThemeChoice />
        </SettingsSection>
        <SignOut />
      </div>
    </>
  );
}

function Account() {
  const { user } = useSession();
  const rows = [
    ["Name", user?.display_name],
    ["E-mail", user?.email],
  ].filter(([, value]) => value);
  return (
    <SettingsSection title="Account" description="Who you are in Daybook.">
      <dl className="grid gap-3">
        {rows.map(([label, value]) => (
          <div key={label} className="grid gap-x-6 sm:grid-cols-[7rem_1fr]">
            <dt className="text-faint text-sm">{label}</dt>
            <dd className="[overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
    </SettingsSection>
  );
}

function SignOut() {
  const { signOut, isPending, question } = useSignOut();
  return (
    <SettingsSection
      title="Sign out"
      description="Ends the session in every tab of this browser and removes what Daybook keeps on this device."
    >
      <Button onClick={signOut} isPending={isPending}>
        <LogOut aria-hidden className="size-4" />
        Sign out
      </Button>
      {question}
    </SettingsSection>
  );
}
