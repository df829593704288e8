"""Web API methods of the agent view: what the app says it is doing, and what people might begin with."""

from __future__ import annotations

from bot.workspace.content import parsed
from bot.workspace.ids import canonical_ts
from bot.workspace.methods_conversations import known_channel
from bot.workspace.model import Channel, Json, SlackError
from bot.workspace.parts import Parts

MOST_PROMPTS = 4
MOST_LOADING_MESSAGES = 10


def assistant_threads_set_status(parts: Parts, args: Json) -> Json:
    if args.get("status") is None:
        raise SlackError("invalid_arguments", ("[ERROR] missing required field: status",))
    loading = parsed(args.get("loading_messages"), "invalid_arguments")
    if isinstance(loading, list) and len(loading) > MOST_LOADING_MESSAGES:
        raise SlackError("invalid_arguments", (f"[ERROR] no more than {MOST_LOADING_MESSAGES} items allowed",))
    channel = _channel(parts, args)
    parts.workplace.set_status(channel, _thread(parts, channel, args), str(args["status"]))
    return {}


def assistant_threads_set_suggested_prompts(parts: Parts, args: Json) -> Json:
    prompts = parsed(args.get("prompts"), "invalid_arguments")
    problem = _problem(prompts)
    if problem:
        raise SlackError("invalid_arguments", (f"[ERROR] {problem} [json-pointer:/prompts]",))
    channel = _channel(parts, args)
    thread_ts = _thread(parts, channel, args) if args.get("thread_ts") else ""
    if thread_ts and parts.state.seed.app.agent_view:
        # so says the method's page: threads are for the older assistant, for an agent the call fails silently
        return {}
    shown = [{"title": prompt["title"], "message": prompt["message"]} for prompt in prompts]
    parts.workplace.suggest(channel, thread_ts, {"title": str(args.get("title") or ""), "prompts": shown})
    return {}


def _problem(prompts: object) -> str:
    if not isinstance(prompts, list) or not prompts:
        return "missing required field: prompts"
    if len(prompts) > MOST_PROMPTS:
        return f"no more than {MOST_PROMPTS} items allowed"
    if not all(isinstance(prompt, dict) and prompt.get("title") and prompt.get("message") for prompt in prompts):
        return "each prompt needs a title and a message"
    return ""


def _channel(parts: Parts, args: Json) -> Channel:
    """These two methods name the conversation `channel_id`."""
    return known_channel(parts.state, {"channel": args.get("channel_id")})


def _thread(parts: Parts, channel: Channel, args: Json) -> str:
    """The ts of the message a thread begins with, which need not have replies yet."""
    try:
        ts = canonical_ts(str(args.get("thread_ts") or ""))
    except ValueError:
        raise SlackError("invalid_thread_ts") from None
    return parts.state.message(channel.id, ts, "invalid_thread_ts").ts
