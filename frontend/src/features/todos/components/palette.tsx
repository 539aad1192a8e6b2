"use client";

import { Search } from "lucide-react";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { classes } from "@/components/ui/classes";
import { Kbd } from "@/components/ui/kbd";
import { type Command, commandsFor } from "@/features/todos/commands";
import { PALETTE_FIELD } from "@/features/todos/fields";
import { useActions } from "@/features/todos/hooks/use-actions";
import { useRuntime } from "@/hooks/runtime";
import { useText } from "@/hooks/text";
import { useSnapshot } from "@/hooks/todo-store";
import { useNavigate } from "@/hooks/use-navigate";
import { useTyped } from "@/hooks/use-typed";

interface PaletteProps {
  onClose: () => void;
  onHelp: () => void;
  onWrite: () => void;
}

/** Everything by name: views, tags, todos, and what can be done. */
export default function Palette(props: PaletteProps) {
  const typed = useTyped(PALETTE_FIELD);
  return typed === undefined ? null : <OpenPalette {...props} typed={typed} />;
}

function OpenPalette({ onClose, onHelp, onWrite, typed }: PaletteProps & { typed: string }) {
  const t = useText();
  const navigate = useNavigate();
  const actions = useActions();
  const snapshot = useSnapshot();
  const { theme } = useRuntime().local;
  const id = useId();
  const [query, setQuery] = useState(typed);
  const [place, setPlace] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  // Before the dialog would take the focus itself: what is typed next belongs here.
  useEffect(() => field.current?.focus(), []);
  const commands = useMemo(
    () => commandsFor(query, { t, navigate, actions, theme, snapshot, write: onWrite, help: onHelp }),
    [query, t, navigate, actions, theme, snapshot, onWrite, onHelp],
  );
  const active = Math.min(place, commands.length - 1);

  const goTo = (index: number) => {
    const next = (index + commands.length) % commands.length;
    setPlace(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    // After the palette has given the focus back.
    setTimeout(command.run, 0);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      ArrowDown: () => goTo(active + 1),
      ArrowUp: () => goTo(active - 1),
      Enter: () => run(commands[active]),
    };
    const move = event.nativeEvent.isComposing ? undefined : moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };

  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onClose()}
      className="backdrop fixed inset-0 z-40 flex justify-center px-3 pt-[12vh] backdrop-blur-[2px]"
    >
      <Modal className="h-fit w-full max-w-xl overflow-hidden rounded-2xl border bg-raised shadow-pop data-entering:animate-rise">
        <Dialog aria-label={t("Command palette")} className="outline-none">
          <div className="flex items-center gap-3 border-b px-4">
            <Search aria-hidden className="size-5 text-faint" />
            <input
              role="combobox"
              aria-label={t("What do you want to do?")}
              aria-expanded
              aria-controls={`${id}-list`}
              aria-autocomplete="list"
              {...(commands[active] && { "aria-activedescendant": `${id}-${active}` })}
              ref={field}
              id={PALETTE_FIELD}
              dir="auto"
              value={query}
              onChange={(event) => {
                setQuery(event.target.value);
                setPlace(0);
              }}
              onKeyDown={onKeyDown}
              placeholder={t("What do you want to do?")}
              autoComplete="off"
              spellCheck={false}
              className="h-14 min-w-0 flex-1 bg-transparent text-base outline-none placeholder:text-faint"
            />
          </div>
          <div
            ref={list}
            id={`${id}-list`}
            role="listbox"
            aria-label={t("Commands")}
            className="max-h-[min(24rem,55vh)] overflow-y-auto p-1.5"
          >
            {commands.map((command, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus.
              <div
                key={command.id}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === active}
                onClick={() => run(command)}
                onPointerMove={() => index !== active && setPlace(index)}
                className={classes(
                  "flex min-h-10 cursor-pointer items-center gap-3 rounded-xl px-3 py-2 text-sm [&_svg]:size-4.5 [&_svg]:shrink-0 [&_svg]:text-faint",
                  index === active && "bg-sunken",
                )}
              >
                <command.Icon aria-hidden />
                <span className="min-w-0 flex-1 truncate">
                  <bdi>{command.label}</bdi>
                </span>
                {command.hint && <Kbd>{command.hint}</Kbd>}
              </div>
            ))}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
