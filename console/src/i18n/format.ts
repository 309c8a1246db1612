// Times, numbers and sizes as the reader writes them, by Intl alone.
//
// Times are always shown in one zone, the reader's choice. A time that cannot be read is shown as it
// came, so that nothing the server said is hidden.

import { digitsIn } from "../ask/zoned";
import type { Language } from "./messages";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", DAY_MS],
  ["hour", HOUR_MS],
  ["minute", MINUTE_MS],
  ["second", SECOND_MS],
];
const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"];

type Time = string | number | Date;

export class Format {
  readonly language: Language;
  readonly zone: string;
  private readonly tag: string;
  private readonly made = new Map<string, Intl.DateTimeFormat>();
  private readonly sortable: Intl.DateTimeFormat;
  private readonly numbers: Intl.NumberFormat;
  private readonly compactNumbers: Intl.NumberFormat;

  constructor(language: Language, zone: string) {
    this.language = language;
    this.zone = zone;
    this.tag = language === "zh" ? "zh-CN" : "en-GB";
    this.sortable = digitsIn(zone);
    this.numbers = new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-US");
    this.compactNumbers = new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-US", {
      notation: "compact",
      maximumFractionDigits: 1,
    });
  }

  private by(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = JSON.stringify(options);
    let format = this.made.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(this.tag, {
        timeZone: this.zone,
        hourCycle: "h23",
        ...options,
      });
      this.made.set(key, format);
    }
    return format;
  }

  private write(time: Time, options: Intl.DateTimeFormatOptions): string {
    const date = new Date(time);
    return Number.isNaN(date.getTime()) ? String(time) : this.by(options).format(date);
  }

  private parts(time: Time): Record<string, string> | null {
    const date = new Date(time);
    if (Number.isNaN(date.getTime())) return null;
    return Object.fromEntries(this.sortable.formatToParts(date).map((it) => [it.type, it.value]));
  }

  /** `2026-11-07 08:30:12`: equal widths, sorts by eye; the form of tables. */
  stamp(time: Time): string {
    const parts = this.parts(time);
    if (!parts) return String(time);
    const { year, month, day, hour, minute, second } = parts;
    return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
  }

  /** `2026-11-07` in the zone. */
  dayStamp(time: Time): string {
    return this.stamp(time).slice(0, 10);
  }

  /** `08:30:12` in the zone. */
  clock(time: Time): string {
    return this.stamp(time).slice(11);
  }

  /** Everything, with the zone's name: for a detail or a tooltip. */
  full(time: Time): string {
    return this.write(time, { dateStyle: "full", timeStyle: "long" });
  }

  /** `7 November 2026, 08:30` · `2026年11月7日 08:30`. */
  dateTime(time: Time): string {
    return this.write(time, { dateStyle: "long", timeStyle: "short" });
  }

  /** `7 Nov 2026` · `2026年11月7日`. */
  date(time: Time): string {
    return this.write(time, { dateStyle: "medium" });
  }

  /** A day of the week by its place, Monday 0. */
  weekday(place: number, weekday: "short" | "long" = "short"): string {
    const monday = Date.UTC(2024, 0, 1);
    return new Intl.DateTimeFormat(this.tag, { weekday, timeZone: "UTC" }).format(
      monday + place * DAY_MS,
    );
  }

  /** With options of one's own, for axes and headings. */
  custom(time: Time, options: Intl.DateTimeFormatOptions): string {
    return this.write(time, options);
  }

  /** `3 minutes ago` · `3分钟前`. */
  relative(time: Time, now: number = Date.now()): string {
    const distance = new Date(time).getTime() - now;
    if (Number.isNaN(distance)) return String(time);
    const relative = new Intl.RelativeTimeFormat(this.tag, { numeric: "auto" });
    for (const [unit, size] of STEPS) {
      if (Math.abs(distance) >= size || unit === "second") {
        return relative.format(Math.round(distance / size), unit);
      }
    }
    return String(time);
  }

  /** `1,234` */
  number(value: number): string {
    return this.numbers.format(value);
  }

  /** `1.2M` · `123.4万`: where room is short. */
  compact(value: number): string {
    return this.compactNumbers.format(value);
  }

  percent(share: number, digits = 1): string {
    return new Intl.NumberFormat(this.tag, {
      style: "percent",
      maximumFractionDigits: digits,
    }).format(share);
  }

  bytes(value: number): string {
    let scaled = value;
    let step = 0;
    while (scaled >= 1000 && step < BYTE_UNITS.length - 1) {
      scaled /= 1000;
      step += 1;
    }
    return new Intl.NumberFormat(this.tag, {
      style: "unit",
      unit: BYTE_UNITS[step] ?? "byte",
      unitDisplay: step === 0 ? "long" : "short",
      maximumFractionDigits: scaled < 10 && step > 0 ? 1 : 0,
    }).format(scaled);
  }

  /** `850 ms`, `12.3 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`; in Chinese 毫秒, 秒, 分, 小时, 天. */
  duration(milliseconds: number): string {
    const [ms, s, min, h, d] =
      this.language === "zh" ? ["毫秒", "秒", "分", "小时", "天"] : ["ms", "s", "min", "h", "d"];
    const whole = Math.round(milliseconds);
    if (whole < SECOND_MS) return `${whole} ${ms}`;
    if (whole < MINUTE_MS) return `${this.numbers.format(Math.round(whole / 100) / 10)} ${s}`;
    const two = (big: number, bigName: string, small: number, smallName: string) => {
      const rest = Math.floor((whole % big) / small);
      const first = `${Math.floor(whole / big)} ${bigName}`;
      return rest === 0 ? first : `${first} ${rest} ${smallName}`;
    };
    if (whole < HOUR_MS) return two(MINUTE_MS, `${min}`, SECOND_MS, `${s}`);
    if (whole < DAY_MS) return two(HOUR_MS, `${h}`, MINUTE_MS, `${min}`);
    return two(DAY_MS, `${d}`, HOUR_MS, `${h}`);
  }

  /** Items as a sentence lists them. */
  list(items: string[]): string {
    return new Intl.ListFormat(this.tag, { type: "conjunction" }).format(items);
  }
}
