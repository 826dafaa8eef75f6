#!/usr/bin/python3
"""A browser with nothing but WebKitGTK in it, which WebKitWebDriver starts: `webkit_host.py PROFILE SCRIPT`.

PROFILE is a folder for what pages store; the console is written to `console` in it. SCRIPT runs in every page, before
the page's own. The system's Python runs this, since GTK is installed there.
"""

import os
import sys
from pathlib import Path

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gdk, Gtk, WebKit2  # noqa: E402

CORNER = 2, 2  # which every window covers


def main(profile: str, script: str) -> None:
    console = os.open(Path(profile, "console"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(console, 1)
    os.dup2(console, 2)
    data = WebKit2.WebsiteDataManager(base_data_directory=f"{profile}/data", base_cache_directory=f"{profile}/cache")
    context = WebKit2.WebContext.new_with_website_data_manager(data)
    context.set_automation_allowed(True)
    scripts = WebKit2.UserContentManager()
    frames, start = WebKit2.UserContentInjectedFrames.ALL_FRAMES, WebKit2.UserScriptInjectionTime.START
    scripts.add_script(WebKit2.UserScript.new(script, frames, start, None, None))

    def started(_: object, session: WebKit2.AutomationSession) -> None:
        information = WebKit2.ApplicationInfo()
        information.set_name("anonchat")
        session.set_application_info(information)
        session.connect("create-web-view", lambda *_: new_view(context, scripts))

    context.connect("automation-started", started)
    Gtk.main()


def new_view(context: WebKit2.WebContext, scripts: WebKit2.UserContentManager) -> WebKit2.WebView:
    settings = WebKit2.Settings(enable_write_console_messages_to_stdout=True)
    view = WebKit2.WebView(
        web_context=context, settings=settings, user_content_manager=scripts, is_controlled_by_automation=True
    )
    window = Gtk.Window()
    window.set_default_size(1280, 800)
    window.add(view)
    window.show_all()
    window.move(0, 0)
    # Without a window manager the keyboard's focus is where the pointer is.
    Gdk.Display.get_default().get_default_seat().get_pointer().warp(Gdk.Screen.get_default(), *CORNER)
    view.connect("close", lambda _: Gtk.main_quit())
    view.grab_focus()
    return view


main(*sys.argv[1:])
