"""What can go wrong between a manager and a plan, said in both languages."""

from __future__ import annotations

from patrol.core.errors import problem

NO_TEAM_CHOSEN = problem(
    "routes.no_team_chosen",
    en="Choose at least one team that is on duty that day. Teams are kept under “Teams”.",
    zh="请至少选择一个当天值勤的巡查组；巡查组在“巡查组”页面维护。",
)
SHIFT_UNREADABLE = problem(
    "routes.shift_unreadable",
    en="“{text}” is not a time of day. Write it like 09:00.",
    zh="“{text}”不是有效的时间，请按09:00的格式填写。",
)
SHIFT_EMPTY = problem(
    "routes.shift_empty",
    en="The shift of {team} ends ({end}) before or when it begins ({start}): it holds no time for a patrol.",
    zh="“{team}”的班次结束时间（{end}）不晚于开始时间（{start}），没有可巡查的时间。",
)
DAY_UNREADABLE = problem(
    "routes.day_unreadable",
    en="“{text}” is not a date. Choose a day.",
    zh="“{text}”不是有效日期，请选择日期。",
)
DAY_PAST = problem(
    "routes.day_past",
    en="{day} is over. A plan can be made for today or a later day.",
    zh="{day}已经过去，只能为今天或以后的日期制定计划。",
)
BAD_WEIGHT = problem(
    "routes.bad_weight",
    en="“{text}” is not a number between {low} and {high}.",
    zh="“{text}”不是{low}至{high}之间的数值。",
)
NO_VENUES = problem(
    "routes.no_venues",
    en="There is no open venue in this branch's area, so there is nothing to plan. Enter or import venues first.",
    zh="该分局辖区内没有在巡场所，无法制定计划。请先登记或导入场所。",
)
NOTHING_DUE = problem(
    "routes.nothing_due",
    en="No venue of this branch is due on {day}: all were seen within the first half of their interval.",
    zh="{day}该分局没有需要巡查的场所：所有场所都在复查周期的前半段内到访过。",
)
CHANGED_MEANWHILE = problem(
    "routes.changed_meanwhile",
    en="Somebody else has changed this plan since you opened it. Your last step was not taken. "
    "The page now shows the plan as it is.",
    zh="您打开后该计划已被他人修改，您的最后一步操作未生效。页面已更新为当前计划。",
    status=409,
)
NOT_EDITABLE = problem(
    "routes.not_editable",
    en="This plan cannot be changed while it is “{state_en}”. Withdraw it first if it is published.",
    zh="计划处于“{state}”状态，不能修改；如已发布，请先撤回。",
    status=409,
)
UNKNOWN_STEP = problem(
    "routes.unknown_step",
    en="This page asked for a step that does not exist. Reload it and try again.",
    zh="页面请求了不存在的操作，请刷新后重试。",
)
NO_SUCH_STOP = problem(
    "routes.no_such_stop",
    en="This stop is no longer in the plan.",
    zh="该点位已不在计划中。",
    status=409,
)
STOP_LOCKED = problem(
    "routes.stop_locked",
    en="{name} is locked. Unlock it first.",
    zh="“{name}”已锁定，请先解锁。",
    status=409,
)
ROUTE_LOCKED = problem(
    "routes.route_locked",
    en="The route of {team} is locked. Unlock it first.",
    zh="“{team}”的路线已锁定，请先解锁。",
    status=409,
)
ALREADY_THERE = problem(
    "routes.already_there",
    en="{name} is already in this plan.",
    zh="“{name}”已在本计划中。",
    status=409,
)
VENUE_CLOSED = problem(
    "routes.venue_closed",
    en="{name} is closed in the register and is not patrolled.",
    zh="“{name}”在底数中已停用，不再巡查。",
)
NOTHING_TO_UNDO = problem(
    "routes.nothing_to_undo", en="There is no step to take back.", zh="没有可以撤销的步骤。", status=409
)
NOT_PLANNED = problem(
    "routes.not_planned",
    en="Only a finished plan can be published; this one is “{state_en}”.",
    zh="只有已完成的计划才能发布，当前状态为“{state}”。",
    status=409,
)
EMPTY_PLAN = problem(
    "routes.empty_plan",
    en="No team has a stop in this plan. Nothing was published.",
    zh="计划中没有任何点位，未发布。",
)
NOT_FEASIBLE = problem(
    "routes.not_feasible",
    en="{team}: {reason} Nothing was published.",
    zh="“{team}”：{reason_zh}未发布任何内容。",
)
ALREADY_PUBLISHED = problem(
    "routes.already_published",
    en="Another plan of this branch for {day} is already published. Withdraw it first, or tick "
    "“replace the published plan”. Nothing was published.",
    zh="该分局{day}已有一份发布的计划。请先撤回，或勾选“替换已发布的计划”。本次未发布。",
    status=409,
)
NOT_PUBLISHED = problem(
    "routes.not_published", en="This plan is not published.", zh="该计划尚未发布。", status=409
)
UNKNOWN_LEAD = problem(
    "routes.unknown_lead",
    en="Choose from when the teams may see the plan.",
    zh="请选择巡查组可查看计划的时间。",
)
TEAM_NAME = problem("routes.team_name", en="Give the team a name.", zh="请填写巡查组名称。")
TEAM_NAME_TAKEN = problem(
    "routes.team_name_taken",
    en="This branch already has a team called {name}.",
    zh="该分局已有名为“{name}”的巡查组。",
)
TEAM_MEMBERS = problem("routes.team_members", en="Choose at least one person.", zh="请至少选择一名成员。")
TEAM_NO_OFFICER = problem(
    "routes.team_no_officer",
    en="A team needs an inspector: police and community liaisons assist, they do not inspect.",
    zh="巡查组至少需要一名巡查员：专管员和联络员只协助，不执法检查。",
)
TEAM_MODE = problem("routes.team_mode", en="Choose how the team moves.", zh="请选择出行方式。")
TEAM_POINT = problem(
    "routes.team_point",
    en="Click the map or type longitude and latitude: “{text}” is not a position.",
    zh="请在地图上点选或填写经纬度：“{text}”不是有效位置。",
)
TEAM_BREAK = problem(
    "routes.team_break",
    en="The break must lie inside the shift ({start}–{end}) and last 0 to 180 minutes.",
    zh="休息时间须在班次（{start}–{end}）之内，时长为0至180分钟。",
)
TEAM_CHANGED = problem(
    "routes.team_changed",
    en="Somebody else has changed this team meanwhile. Look at it again before you save.",
    zh="他人已修改该巡查组，请核对后再保存。",
    status=409,
)
NO_TEAM_IN_TIME = problem(
    "routes.no_team_in_time",
    en="No team can still visit {name} today: what remains of the shifts is too short, or it is not open any more. "
    "Nothing was changed.",
    zh="今天已没有巡查组能前往“{name}”：剩余班次时间不足，或该场所已不营业。未作任何更改。",
)
PROPOSAL_OLD = problem(
    "routes.proposal_old",
    en="The plan or the hour has moved on since this was proposed. Look at the new proposal.",
    zh="提出该调整后计划或时间已发生变化，请查看新的调整建议。",
    status=409,
)
