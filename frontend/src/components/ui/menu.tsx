"use client";

import { Menu as AriaMenu, MenuItem as AriaMenuItem, type MenuItemProps } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { classes } from "@/components/ui/classes";

interface MenuProps {
  label: string;
  /** The button that opened it. */
  triggerRef: React.RefObject<HTMLElement | null>;
  onClose: () => void;
  /** Shown above the items; not part of the menu. */
  header?: React.ReactNode;
  children: React.ReactNode;
}

/** An open menu. Heavy: whatever opens it loads it when it is wanted. */
export function Menu({ label, triggerRef, onClose, header, children }: MenuProps) {
  return (
    <Popover
      aria-label={label}
      isOpen
      triggerRef={triggerRef}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      placement="bottom end"
      offset={6}
      className="min-w-56 origin-top-right animate-rise rounded-2xl border bg-raised p-1.5 shadow-pop"
    >
      {header && <div className="border-b px-3 pt-2 pb-3">{header}</div>}
      <AriaMenu
        aria-label={label}
        autoFocus="first"
        onClose={onClose}
        className={classes("outline-none", Boolean(header) && "pt-1.5")}
      >
        {children}
      </AriaMenu>
    </Popover>
  );
}

interface ItemProps extends Omit<MenuItemProps, "className" | "children"> {
  icon: React.ReactNode;
  children: string;
}

export function MenuItem({ icon, children, ...props }: ItemProps) {
  return (
    <AriaMenuItem
      {...props}
      textValue={children}
      className="flex h-10 cursor-pointer items-center gap-3 rounded-xl px-3 text-sm outline-none data-focused:bg-sunken [&_svg]:size-4.5 [&_svg]:text-faint"
    >
      {icon}
      {children}
    </AriaMenuItem>
  );
}
