"use client";

import { parseDate } from "@internationalized/date";
import { ChevronLeft, ChevronRight } from "lucide-react";
import {
  Calendar as AriaCalendar,
  Button,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  CalendarHeading,
} from "react-aria-components/Calendar";
import { I18nProvider } from "react-aria-components/I18nProvider";

interface CalendarProps {
  label: string;
  locale: string;
  /** A day as `2026-11-22`. */
  value: string | null;
  onChange: (day: string) => void;
}

const arrow =
  "grid size-9 cursor-pointer place-items-center rounded-xl text-soft outline-none hover:bg-sunken hover:text-ink data-focus-visible:outline-2 data-focus-visible:outline-accent [&_svg]:size-4.5 rtl:[&_svg]:rotate-180";

/** A month to choose a day from. Heavy: loaded when somebody looks for a day. */
export default function Calendar({ label, locale, value, onChange }: CalendarProps) {
  return (
    <I18nProvider locale={locale}>
      <AriaCalendar
        aria-label={label}
        autoFocus
        value={value === null ? null : parseDate(value)}
        onChange={(date) => onChange(date.toString())}
        className="w-full animate-rise rounded-2xl border bg-surface p-3"
      >
        <div className="mb-2 flex items-center justify-between">
          <Button slot="previous" className={arrow}>
            <ChevronLeft aria-hidden />
          </Button>
          <CalendarHeading className="font-semibold text-sm" />
          <Button slot="next" className={arrow}>
            <ChevronRight aria-hidden />
          </Button>
        </div>
        <CalendarGrid className="w-full border-collapse">
          <CalendarGridHeader>
            {(day) => (
              <CalendarHeaderCell className="h-8 font-medium text-faint text-xs">{day}</CalendarHeaderCell>
            )}
          </CalendarGridHeader>
          <CalendarGridBody>
            {(date) => (
              <CalendarCell
                date={date}
                className="mx-auto grid size-9 cursor-pointer place-items-center rounded-full text-sm tabular-nums outline-none hover:bg-sunken data-outside-month:invisible data-selected:bg-accent data-selected:text-on-accent data-today:font-semibold data-today:not-data-selected:text-accent data-focus-visible:outline-2 data-focus-visible:outline-accent data-focus-visible:outline-offset-2"
              />
            )}
          </CalendarGridBody>
        </CalendarGrid>
      </AriaCalendar>
    </I18nProvider>
  );
}
