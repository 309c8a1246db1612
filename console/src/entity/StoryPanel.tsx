// The part of a page that tells what happened, with the order to tell it in.

import { SegmentedControl } from "@mantine/core";
import { useLocale, useT } from "../i18n/locale";
import { Panel } from "./Panel";
import { Story, type useStory } from "./Story";

export interface StoryPanelProps {
  story: ReturnType<typeof useStory>;
  order: "-time" | "time";
  onOrder: (order: "-time" | "time") => void;
  opened: string | undefined;
  onOpen: (index: number) => void;
  more: { to: string; label: string };
}

export function StoryPanel({ story, order, onOrder, opened, onOpen, more }: StoryPanelProps) {
  const t = useT("entity");
  const { format } = useLocale();
  const { walk, events } = story;
  const count = format.number(events.length) + (walk.hasNextPage ? "+" : "");
  return (
    <Panel
      title={t.story}
      note={walk.isSuccess ? t.count(count, events.length) : null}
      asking={walk}
      empty={events.length === 0 ? t.storyNone : null}
      more={more}
      lines={8}
      tools={
        <SegmentedControl
          className="no-print"
          aria-label={t.order}
          value={order}
          onChange={(next) => onOrder(next === "time" ? "time" : "-time")}
          data={[
            { value: "-time", label: t.newestFirst },
            { value: "time", label: t.oldestFirst },
          ]}
        />
      }
    >
      <Story
        events={events}
        opened={opened}
        onOpen={onOpen}
        more={
          walk.hasNextPage
            ? { isLoading: walk.isFetchingNextPage, onMore: () => void walk.fetchNextPage() }
            : undefined
        }
      />
    </Panel>
  );
}
