"""A proxy between a page and its chat: the page itself comes straight from the server, its socket does not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, Route

from local.chat import LocalChat
from tests.support.tcp_proxy import TcpProxy


@asynccontextmanager
async def through_proxy(page: Page, chat: LocalChat) -> AsyncIterator[TcpProxy]:
    """Lead the page's socket through a proxy."""
    async with TcpProxy(chat.gateway.port) as proxy:

        async def config(route: Route) -> None:
            body = f'export default {{ websocketUrl: "ws://127.0.0.1:{proxy.port}" }};'
            await route.fulfill(content_type="text/javascript", body=body)

        await page.route("**/config.js", config)
        yield proxy
