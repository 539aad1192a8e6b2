"use client";

import { LogOut, Settings } from "lucide-react";
import { useRouter } from "next/navigation";
import { Menu, MenuItem } from "@/components/ui/menu";
import { paths } from "@/config/paths";
import { useText } from "@/hooks/text";
import type { Person } from "@/lib/api/session-types";

interface AccountMenuItemsProps {
  user: Person;
  triggerRef: React.RefObject<HTMLElement | null>;
  onClose: () => void;
  onSignOut: () => void;
}

export default function AccountMenuItems({ user, triggerRef, onClose, onSignOut }: AccountMenuItemsProps) {
  const t = useText();
  const router = useRouter();
  return (
    <Menu
      label={t("Account")}
      triggerRef={triggerRef}
      onClose={onClose}
      header={
        <>
          {user.display_name && (
            <p dir="auto" className="max-w-64 truncate font-medium text-sm">
              {user.display_name}
            </p>
          )}
          <p className="max-w-64 truncate text-faint text-sm">{user.email}</p>
        </>
      }
    >
      <MenuItem icon={<Settings aria-hidden />} onAction={() => router.push(paths.settings)}>
        {t("Settings")}
      </MenuItem>
      <MenuItem icon={<LogOut aria-hidden />} onAction={onSignOut}>
        {t("Sign out")}
      </MenuItem>
    </Menu>
  );
}
