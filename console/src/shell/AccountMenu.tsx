// Who is signed in, and the choices of this browser: language, theme, time zone; signing out.

import { Menu, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun, IconUser } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { json } from "../api/client";
import { queryClient } from "../api/queries";
import { useSession } from "../api/session";
import { browserZone, useLocale, useT } from "../i18n/locale";
import { LANGUAGES } from "../i18n/messages";
import { paths } from "../paths";
import classes from "./shell.module.css";
import { useHelp } from "./shortcuts";

export function AccountMenu({ isOpen }: { isOpen: boolean }) {
  const t = useT("shell");
  const session = useSession();
  const { language, messages, setLanguage, zoneChoice, setZone } = useLocale();
  const openHelp = useHelp();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const principal = session.signed_in ? session.principal : null;
  const name = principal ? principal.display_name || principal.name : "";

  const signOut = async () => {
    await json("/v1/session", { method: "DELETE" });
    queryClient.clear();
    await navigate({ to: paths.signIn as string });
  };
  const themes = [
    { value: "auto", label: t.themeAuto, icon: IconDeviceDesktop },
    { value: "light", label: t.themeLight, icon: IconSun },
    { value: "dark", label: t.themeDark, icon: IconMoon },
  ] as const;
  const zones = [
    { value: "browser", label: `${t.zoneBrowser} (${browserZone()})` },
    { value: "UTC", label: "UTC" },
  ];
  const tick = (isChosen: boolean) =>
    isChosen ? <IconCheck size={14} aria-hidden /> : <span className={classes.noTick} />;

  return (
    <Menu position="right-end" width={250} shadow="md" closeOnItemClick={false}>
      <Menu.Target>
        <button type="button" className={classes.entry} aria-label={`${t.account}: ${name}`}>
          <IconUser size={18} stroke={1.6} aria-hidden />
          {isOpen ? <span className={classes.cut}>{name}</span> : null}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {principal ? (
          <div className={classes.who}>
            <strong>{name}</strong>
            <span className="quiet">
              {session.signed_in ? session.roles.map((role) => t.role(role)).join(", ") : null}
            </span>
          </div>
        ) : null}
        {principal?.kind === "account" ? (
          <Menu.Item component={Link} to={paths.account} closeMenuOnClick>
            {t.account}
          </Menu.Item>
        ) : null}
        <Menu.Divider />
        <Menu.Label>{t.language}</Menu.Label>
        {LANGUAGES.map(({ code, name: own }) => (
          <Menu.Item
            key={code}
            lang={code}
            leftSection={tick(language === code)}
            onClick={() => setLanguage(code)}
          >
            {own}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t.theme}</Menu.Label>
        {themes.map((one) => (
          <Menu.Item
            key={one.value}
            leftSection={tick(colorScheme === one.value)}
            rightSection={<one.icon size={15} stroke={1.6} aria-hidden />}
            onClick={() => setColorScheme(one.value)}
          >
            {one.label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t.zone}</Menu.Label>
        {zones.map((one) => (
          <Menu.Item
            key={one.value}
            leftSection={tick(zoneChoice === one.value)}
            onClick={() => setZone(one.value)}
          >
            {one.label}
          </Menu.Item>
        ))}
        {zones.every((one) => one.value !== zoneChoice) ? (
          <Menu.Item leftSection={tick(true)}>{zoneChoice}</Menu.Item>
        ) : null}
        <Menu.Divider />
        <Menu.Item onClick={openHelp} closeMenuOnClick>
          {messages.keys.title}
        </Menu.Item>
        {principal?.kind === "account" ? (
          <>
            <Menu.Divider />
            <Menu.Item onClick={signOut} closeMenuOnClick>
              {t.signOut}
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
