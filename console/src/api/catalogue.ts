// Names of services, operations, fields and values in the reader's language.
//
// Words about events come from the server's catalogue, so a site's own operations read as well as
// the built-in ones; values of closed lists (outcomes, severities) have theirs in the dictionaries.
// A code that neither knows is shown as it is.

import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { fieldNamed } from "../ask/complete";
import type { Names } from "../ask/edit";
import { values as valuesInEnglish } from "../i18n/en/values";
import { useLocale } from "../i18n/locale";
import { values as valuesInChinese } from "../i18n/zh/values";
import type { components } from "./__generated__/schema";
import { answer, api } from "./client";

type Schemas = components["schemas"];
export type CatalogueAnswer = Schemas["CatalogueAnswer"];
export type CatalogueOperation = Schemas["Operation"];

export const catalogueQuery = queryOptions({
  queryKey: ["catalogue"],
  queryFn: () => answer(api.GET("/v1/catalogue")),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Names of values of closed lists, as `field=value`; both languages, for a filter may use either. */
const NAMED = { en: valuesInEnglish, zh: valuesInChinese };

/** The catalogue, read in one language. */
export class Catalogue {
  readonly answer: CatalogueAnswer;
  private readonly language: "en" | "zh";
  private readonly names = new Map<string, string>();
  private readonly operations = new Map<string, CatalogueOperation>();
  /** `field name`, the name in lower case -> the value's code. */
  private readonly codes = new Map<string, string>();
  /** How a filter's words are read, in whichever language they are written. */
  readonly words: Names;

  constructor(answer: CatalogueAnswer, language: "en" | "zh") {
    this.answer = answer;
    this.language = language;
    for (const named of Object.values(NAMED)) {
      for (const [key, name] of Object.entries(named)) {
        const [field = "", value = ""] = key.split("=");
        this.codes.set(`${field} ${name.toLowerCase()}`, value);
      }
    }
    for (const [key, name] of Object.entries(NAMED[language])) {
      this.names.set(`value ${key}`, name);
    }
    for (const field of answer.fields) this.names.set(`field ${field.name}`, field[language]);
    for (const stack of answer.stacks) this.names.set(`stack ${stack.id}`, stack[language]);
    for (const service of answer.services) {
      this.names.set(`service ${service.code}`, service[language]);
      this.codes.set(`service ${service.en.toLowerCase()}`, service.code);
      this.codes.set(`service ${service.zh.toLowerCase()}`, service.code);
      for (const operation of service.operations) {
        this.names.set(`operation ${operation.code}`, operation[language]);
        this.codes.set(`operation ${operation.en.toLowerCase()}`, operation.code);
        this.codes.set(`operation ${operation.zh.toLowerCase()}`, operation.code);
        this.operations.set(operation.code, operation);
      }
    }
    this.words = {
      field: (word) => fieldNamed(word, answer.fields)?.name ?? word,
      value: (field, word) => this.codes.get(`${field} ${word.toLowerCase()}`) ?? word,
    };
  }

  service(code: string): string {
    return this.names.get(`service ${code}`) ?? code;
  }

  operation(code: string): string {
    return this.names.get(`operation ${code}`) ?? code;
  }

  /** What the catalogue says of an operation: access, severity, usual type of object. */
  about(code: string): CatalogueOperation | undefined {
    return this.operations.get(code);
  }

  field(name: string): string {
    return this.names.get(`field ${name}`) ?? name;
  }

  stack(id: string): string {
    return this.names.get(`stack ${id}`) ?? id;
  }

  /** The name of a field's value, where values have names. */
  value(field: string, value: string): string {
    if (field === "service") return this.service(value);
    if (field === "operation") return this.operation(value);
    if (field === "stack_id") return this.stack(value);
    return this.names.get(`value ${field}=${value}`) ?? value;
  }

  /** Fields of events in the catalogue's order. */
  get fields(): string[] {
    return this.answer.fields.map((field) => field.name);
  }

  get isChinese(): boolean {
    return this.language === "zh";
  }
}

/** The catalogue in the reader's language; suspends until it is there. */
export function useCatalogue(): Catalogue {
  const { language } = useLocale();
  const { data } = useSuspenseQuery(catalogueQuery);
  return useMemo(() => new Catalogue(data, language), [data, language]);
}
