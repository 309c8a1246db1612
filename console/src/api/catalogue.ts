// Names of services, operations, fields and values in the reader's language.
//
// All words about events come from the server's catalogue, so a site's own operations read as well
// as the built-in ones. A code that the catalogue does not know is shown as it is.

import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLocale } from "../i18n/locale";
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

/** The catalogue, read in one language. */
export class Catalogue {
  readonly answer: CatalogueAnswer;
  private readonly language: "en" | "zh";
  private readonly names = new Map<string, string>();
  private readonly operations = new Map<string, CatalogueOperation>();

  constructor(answer: CatalogueAnswer, language: "en" | "zh") {
    this.answer = answer;
    this.language = language;
    for (const field of answer.fields) this.names.set(`field ${field.name}`, field[language]);
    for (const stack of answer.stacks) this.names.set(`stack ${stack.id}`, stack[language]);
    for (const service of answer.services) {
      this.names.set(`service ${service.code}`, service[language]);
      for (const operation of service.operations) {
        this.names.set(`operation ${operation.code}`, operation[language]);
        this.operations.set(operation.code, operation);
      }
    }
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
    return this.names.get(`field ${field}=${value}`) ?? value;
  }

  /** Fields of events in the catalogue's order, without the names of values. */
  get fields(): string[] {
    return this.answer.fields.map((field) => field.name).filter((name) => !name.includes("="));
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
