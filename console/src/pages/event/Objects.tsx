// What was acted on, and what else it concerns: type, name, id, and the way to its life.

import { IconChecklist } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useCatalogue } from "../../api/catalogue";
import type { AuditEvent } from "../../api/events";
import { comparison } from "../../ask/edit";
import { type EventObject, labelOf, objectsOf } from "../../events/object";
import { OUTCOMES, type Outcome } from "../../events/outcome";
import { useT } from "../../i18n/locale";
import { paths } from "../../paths";
import { OutcomeMark } from "../../ui/OutcomeMark";
import { Fact, FactLink } from "./Facts";
import classes from "./section.module.css";

const SHOWN = 8;

export interface ObjectsProps {
  event: AuditEvent;
  onFilter: (filter: string) => void;
  /** Of the link to an object's life. */
  icon: ReactNode;
}

export function Objects({ event, onFilter, icon }: ObjectsProps) {
  const t = useT("drawer");
  const catalogue = useCatalogue();
  const [isWhole, setIsWhole] = useState(false);
  const objects = objectsOf(event);
  const shown = isWhole ? objects : objects.slice(0, SHOWN);
  const one = (object: EventObject, name: string, place: number) => (
    <Fact
      key={`${place} ${object.id}`}
      name={name}
      value={object.id || object.name}
      shown={labelOf(object)}
      {...(object.name && object.id ? { code: object.id } : {})}
      filter={object.id ? `object:${comparison("", object.id).slice(1)}` : undefined}
      onFilter={onFilter}
      isStrong
    >
      {object.outcome && (OUTCOMES as readonly string[]).includes(object.outcome) ? (
        <OutcomeMark
          outcome={object.outcome as Outcome}
          label={catalogue.value("outcome", object.outcome)}
        />
      ) : null}
      {object.type && object.id ? (
        <FactLink to={paths.object(object.type, object.id)} label={t.toObject(labelOf(object))}>
          {icon}
        </FactLink>
      ) : null}
      {object.type === "approval" && object.id ? (
        <FactLink
          to={paths.approval(object.id, event.stack_id)}
          label={t.toApproval(labelOf(object))}
        >
          <IconChecklist size={14} stroke={1.8} aria-hidden />
        </FactLink>
      ) : null}
    </Fact>
  );
  const typeOf = (type: string) =>
    catalogue.value("object.type", type) || catalogue.field("object");
  return (
    <>
      {shown.map((object, place) => one(object, typeOf(object.type), place))}
      {objects.length > shown.length ? (
        <button type="button" className={classes.more} onClick={() => setIsWhole(true)}>
          {t.showAll(objects.length)}
        </button>
      ) : null}
      {event.related?.map((related, place) => {
        const object = {
          type: related.type ?? "",
          id: related.id ?? "",
          name: related.name ?? "",
        };
        const role = related.role && related.role !== related.type ? ` (${related.role})` : "";
        return one(object, `${t.concerns}: ${typeOf(object.type)}${role}`, SHOWN + place);
      })}
    </>
  );
}
