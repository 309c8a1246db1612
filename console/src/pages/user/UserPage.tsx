// One person: when, from where and with what they work, what of it is unusual, and all they did.

import { IconMoonStars, IconUser, IconUserOff } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { ApiError } from "../../api/error";
import { EntityHead, EntityPage, Partial } from "../../entity/EntityPage";
import { ofUser } from "../../entity/filter";
import { InLog } from "../../entity/InLog";
import { OverTime } from "../../entity/OverTime";
import { Panels } from "../../entity/Panel";
import { RangeTools } from "../../entity/RangeTools";
import { SessionsPanel } from "../../entity/SessionsPanel";
import { useStory } from "../../entity/Story";
import { StoryPanel } from "../../entity/StoryPanel";
import { useLocale, useT } from "../../i18n/locale";
import { logPath } from "../../paths";
import { ErrorState } from "../../shell/ErrorState";
import button from "../../ui/button.module.css";
import { StateBlock } from "../../ui/StateBlock";
import { useAsked } from "../log/question";
import { lastNight } from "./night";
import { ProfileParts } from "./ProfileParts";
import { isPseudonym, useProfile, wantsReason } from "./profile";
import { ReasonForm } from "./ReasonForm";
import { USER_RANGE_DEFAULT, type UserSearch } from "./search";

const route = getRouteApi("/shell/ui/user/$name");
const NIGHT_MS_MAX = 36 * 3_600_000;

export function UserPage() {
  const { name } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const t = useT("user");
  const shared = useT("entity");
  const { format, zone } = useLocale();
  const [reason, setReason] = useState<string | null>(null);
  const go = useCallback(
    (change: Partial<UserSearch>, replace = false) =>
      void navigate({ search: (before: UserSearch) => ({ ...before, ...change }), replace }),
    [navigate],
  );
  const range = search.range ?? USER_RANGE_DEFAULT;
  const onRange = (next: string) => go({ range: next === USER_RANGE_DEFAULT ? undefined : next });
  const q = ofUser(name);
  const asked = useAsked({ q, range });
  const order = search.order === "time" ? "time" : "-time";
  const story = useStory(asked.question, order);
  const { q: _, ...rest } = asked.question;
  const profile = useProfile(name, rest, reason);
  const { data } = profile;
  const isOff = profile.error instanceof ApiError && profile.error.code === "behaviour_off";
  const night = lastNight(asked.now, zone);
  // A pseudonym is no name of the log: nothing is found by it, so nothing is asked with it.
  const isDisguised = isPseudonym(data?.user ?? name);
  const displayName = story.events.find((event) => event.operator === name)?.operator_name;
  const isUnknown = data !== undefined && data.first_seen === null;

  const log = { to: logPath({ q, range }), label: shared.inLog };
  // A night is read event by event, a month by its habits.
  const isNight =
    asked.span.from !== null && (asked.span.to ?? asked.now) - asked.span.from <= NIGHT_MS_MAX;
  const tale = isPseudonym(name) ? null : (
    <StoryPanel
      story={story}
      order={order}
      opened={search.event}
      onOrder={(next) => go({ order: next === "time" ? "time" : undefined })}
      onOpen={(index) => go({ event: String(index) }, search.event !== undefined)}
      more={log}
    />
  );

  const head = (
    <EntityHead
      icon={<IconUser size={14} stroke={1.8} aria-hidden />}
      kind={isDisguised ? t.pseudonym : t.kind}
      title={data?.user ?? name}
      facts={
        <>
          {displayName && displayName !== name && !isDisguised ? <span>{displayName}</span> : null}
          {data?.first_seen ? (
            <span className="figures">
              {t.first} <b>{format.dayStamp(data.first_seen)}</b>
            </span>
          ) : null}
          {data?.last_seen ? (
            <span className="figures">
              {t.last} <b title={format.full(data.last_seen)}>{format.relative(data.last_seen)}</b>
            </span>
          ) : null}
          {isDisguised ? <span>{t.pseudonymSay}</span> : null}
        </>
      }
      tools={
        <>
          <button
            type="button"
            className={button.tool}
            aria-pressed={range === night}
            onClick={() =>
              range === night
                ? go({ range: undefined, order: undefined })
                : go({ range: night, order: "time" })
            }
          >
            <IconMoonStars size={15} stroke={1.7} aria-hidden />
            {t.lastNight}
          </button>
          <RangeTools range={range} asked={asked} onRange={onRange} />
          <InLog to={log.to} />
        </>
      }
    />
  );
  if (isUnknown && story.events.length === 0) {
    return (
      <EntityPage search={search} go={go} events={story.events} head={head}>
        <StateBlock icon={<IconUserOff />} title={t.unknownTitle}>
          <p>{t.unknownText}</p>
        </StateBlock>
      </EntityPage>
    );
  }
  return (
    <EntityPage search={search} go={go} events={story.events} head={head}>
      {wantsReason(profile.error) ? (
        <ReasonForm onReason={setReason} />
      ) : isOff ? (
        <StateBlock icon={<IconUserOff />} title={t.profileOff}>
          <p>{t.profileOffText}</p>
        </StateBlock>
      ) : profile.error ? (
        <ErrorState error={profile.error} onRetry={() => void profile.refetch()} />
      ) : null}
      <Partial is={data?.partial} />
      <Panels>
        <ProfileParts name={name} profile={profile.error ? null : data} range={range}>
          <OverTime asked={asked} onRange={onRange} more={log} />
          {isNight ? tale : null}
        </ProfileParts>
        {isPseudonym(name) ? null : (
          <SessionsPanel
            question={asked.question}
            span={asked.span}
            now={asked.now}
            laneBy="kind"
            opened={search.event}
            onOpen={(index) => go({ event: String(index) })}
          />
        )}
        {isNight ? null : tale}
      </Panels>
    </EntityPage>
  );
}
