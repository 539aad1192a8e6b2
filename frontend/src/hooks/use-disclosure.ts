"use client";

import { useCallback, useEffect, useRef, useState } from "react";

interface Disclosure {
  readonly isOpen: boolean;
  readonly open: () => void;
  /** Closes; the focus goes back to the button that opened it. */
  readonly close: () => void;
  readonly triggerRef: React.RefObject<HTMLButtonElement | null>;
}

/** A part of the page that a button opens in its own place. */
export function useDisclosure(): Disclosure {
  const [isOpen, setOpen] = useState(false);
  const wasOpen = useRef(false);
  const triggerRef = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (wasOpen.current && !isOpen) triggerRef.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);

  const open = useCallback(() => setOpen(true), []);
  const close = useCallback(() => setOpen(false), []);
  return { isOpen, open, close, triggerRef };
}
