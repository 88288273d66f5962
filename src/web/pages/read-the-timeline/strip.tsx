// Owns the year strip: a picture of the whole record, a scrubber, and a filter by year.

import type { KeyboardEvent, PointerEvent } from 'react';
import { monthHead } from '../../parts/dates.ts';
import { barLength, monthAt, type StripYear } from './timeline-layout.ts';

const width = 66;

/** The strip. `inView` are the newest and the oldest month on screen. */
export function Strip({
  years,
  height,
  inView,
  year,
  onMonth,
  onYear,
}: {
  years: StripYear[];
  height: number;
  inView: { newest: string; oldest: string } | null;
  year: string | null;
  onMonth: (month: string) => void;
  onYear: (year: string | null) => void;
}) {
  if (years.length === 0) return null;
  const yearHeight = Math.max(14, Math.min(42, height / years.length));
  return (
    <div className="relative hidden w-36 shrink-0 overflow-y-auto pl-8 desk:block print:hidden">
      <div className="relative flex" style={{ height: years.length * yearHeight }}>
        <div className="w-10 shrink-0">
          {years.map(({ year: y, total }, i) => (
            <YearButton
              key={y}
              year={String(y)}
              total={total}
              top={i * yearHeight}
              pressed={year === String(y)}
              onPress={() => onYear(year === String(y) ? null : String(y))}
            />
          ))}
        </div>
        <Bars years={years} yearHeight={yearHeight} inView={inView} onMonth={onMonth} />
      </div>
    </div>
  );
}

function YearButton({
  year,
  total,
  top,
  pressed,
  onPress,
}: {
  year: string;
  total: number;
  top: number;
  pressed: boolean;
  onPress: () => void;
}) {
  // A year with nothing in it is a label, not a filter.
  const look = 'absolute left-0 h-3.5 text-12 leading-[14px]';
  if (total === 0) {
    return (
      <span className={`${look} text-ink3`} style={{ top }}>
        {year}
      </span>
    );
  }
  return (
    <button
      type="button"
      aria-pressed={pressed}
      aria-label={pressed ? `Show all years, not ${year} only` : `Show ${year} only`}
      title={pressed ? 'Show all years' : `Show ${year} only`}
      onClick={onPress}
      className={`${look} rounded-tag text-ink2 hover:text-ink hover:underline aria-pressed:font-semibold aria-pressed:text-ink`}
      style={{ top }}
    >
      {year}
    </button>
  );
}

type BarsProps = {
  years: StripYear[];
  yearHeight: number;
  inView: { newest: string; oldest: string } | null;
  onMonth: (month: string) => void;
};

function Bars({ years, yearHeight, inView, onMonth }: BarsProps) {
  const { now, end, last } = placesInView(years, inView);
  const step = yearHeight / 12;
  const go = (y: number) => {
    const month = monthAt(y, yearHeight, years);
    if (month) onMonth(month);
  };
  const scrub = (e: PointerEvent<SVGSVGElement>) => {
    if (e.type === 'pointermove' && e.buttons !== 1) return;
    if (e.type === 'pointerdown') e.currentTarget.setPointerCapture(e.pointerId);
    go(e.clientY - e.currentTarget.getBoundingClientRect().top);
  };
  const press = (e: KeyboardEvent) => {
    const by = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 12,
      PageUp: -12,
      Home: -now,
      End: last - now,
    }[e.key];
    if (by === undefined) return;
    e.preventDefault();
    go((Math.min(last, Math.max(0, now + by)) + 0.5) * step);
  };
  return (
    <svg
      width={width}
      height={years.length * yearHeight}
      role="slider"
      tabIndex={0}
      aria-label="Month in view"
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={now}
      aria-valuetext={inView ? monthHead(inView.newest) : 'none'}
      onPointerDown={scrub}
      onPointerMove={scrub}
      onKeyDown={press}
      className="cursor-pointer touch-none overflow-visible rounded-tag"
    >
      <title>Records by month. Drag to move through the years.</title>
      <MonthBars years={years} yearHeight={yearHeight} lit={inView ? [now, end] : null} />
      {inView && (
        <rect
          x="-3"
          y={now * step - 2}
          width={width + 6}
          height={Math.max(8, (end - now + 1) * step + 4)}
          rx="3"
          fill="none"
          strokeWidth="1.5"
          className="stroke-teal"
        />
      )}
    </svg>
  );
}

// Where the months on screen stand, counted from the newest December down.
function placesInView(years: StripYear[], inView: BarsProps['inView']) {
  const first = years[0]?.year ?? 0;
  const last = years.length * 12 - 1;
  const place = (month: string, least: number) => {
    const at = (first - Number(month.slice(0, 4))) * 12 + (12 - Number(month.slice(5, 7)));
    return Math.min(last, Math.max(least, at));
  };
  const now = inView ? place(inView.newest, 0) : 0;
  return { now, end: inView ? place(inView.oldest, now) : 0, last };
}

function MonthBars({
  years,
  yearHeight,
  lit,
}: {
  years: StripYear[];
  yearHeight: number;
  lit: [number, number] | null;
}) {
  const most = Math.max(1, ...years.flatMap((y) => y.months));
  const step = yearHeight / 12;
  const look = (place: number) =>
    lit && place >= lit[0] && place <= lit[1] ? 'fill-teal' : 'fill-line3';
  return years.map(({ year, months }, y) => (
    <g key={year}>
      {y > 0 && (
        <path d={`M0 ${y * yearHeight - 0.5}H${width}`} className="stroke-line" strokeWidth="1" />
      )}
      {months.map((count, m) =>
        count === 0 ? null : (
          <rect
            // A month is its place in the year
            key={m}
            x="0"
            y={y * yearHeight + m * step + step * 0.15}
            width={Math.max(3, barLength(count, most) * width)}
            height={Math.max(1, step * 0.7)}
            rx="1"
            className={look(y * 12 + m)}
          />
        ),
      )}
    </g>
  ));
}
