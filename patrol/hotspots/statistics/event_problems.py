"""What is said of files of actions and of crowds of points, beside what :mod:`problems` says of any file."""

from patrol.core.errors import problem

BAD_RADII = problem(
    "hotspots.option.radii",
    en="The rings must grow: --site {site} < --near {near} < --far {far}.",
    zh="三圈半径应逐圈增大：--site {site} < --near {near} < --far {far}。",
)
TOO_CROWDED = problem(
    "hotspots.option.reach",
    en="Within --reach {reach} lie {pairs} pairs of points, more than {most}: take a smaller --reach.",
    zh="--reach {reach}范围内有{pairs}对点，超过上限{most}：请缩小--reach。",
)
TOO_MANY_POINTS = problem(
    "hotspots.option.too_many_points",
    en="{many} different places are more than {most} for hdbscan: take --method dbscan, or fewer rows.",
    zh="共有{many}个不同位置，超过hdbscan的上限{most}：请改用--method dbscan或减少行数。",
)
ACTIONS_TOLD = problem(
    "hotspots.told.actions",
    en="{actions} actions watched {days} days before and after ({least} to {most} of the days after are known, to"
    " {until}), beside {controls} matched places; {findings} findings and {visits} visits in the files.",
    zh="{actions}次行动，前后各看{days}天（行动后已有{least}至{most}天的记录，截至{until}），对照{controls}个匹配地点；"
    "文件中共有发现{findings}项、到访{visits}次。",
)
NOT_YET = problem(
    "hotspots.told.not_yet",
    en="{many} actions have no day after them up to {until}: nothing can be said of them yet.",
    zh="有{many}次行动之后尚无记录（截至{until}），暂不能说明。",
)
NO_CONTROLS = problem(
    "hotspots.told.no_controls",
    en="No visited place farther than {far} from every action had about as many findings before: there are no controls,"
    " so no ratio is told.",
    zh="没有距所有行动都超过{far}且此前发现数相近的到访地点可作对照，因此不给出比值。",
)
SOME_CONTROLS = problem(
    "hotspots.told.some_controls",
    en="Only {many} of {actions} actions have controls that are like them; the rings are of these.",
    zh="{actions}次行动中只有{many}次找到情况相近的对照，各圈只计这些行动。",
)
HELPED = problem(
    "hotspots.told.helped",
    en="Verdict: helped. Findings a visit fell at the place against the controls, and no rise is seen near it.",
    zh="结论：有成效。与对照相比，行动地点每次到访的发现下降，周边未见上升。",
)
DISPLACED = problem(
    "hotspots.told.displaced",
    en="Verdict: moved next door. Findings a visit fell at the place and rose near it, against the controls.",
    zh="结论：转移到周边。与对照相比，行动地点每次到访的发现下降，而近圈上升。",
)
RETURNED = problem(
    "hotspots.told.returned",
    en="Verdict: came back. Findings a visit rose at the place after the action, against the controls.",
    zh="结论：回流。与对照相比，行动之后该地点每次到访的发现反而上升。",
)
UNCLEAR = problem(
    "hotspots.told.unclear",
    en="Verdict: cannot be told. The interval of the place holds 1, or visits are wanting: too little is known,"
    " which is not the same as no effect.",
    zh="结论：无法判断。行动地点的区间包含1，或缺少到访：这是数据太少，不等于没有效果。",
)
VERDICTS = {"helped": HELPED, "displaced": DISPLACED, "returned": RETURNED, "unclear": UNCLEAR}
AGAIN = problem(
    "hotspots.told.again",
    en="At {many} of {actions} places something was found again, first after {first} days.",
    zh="{actions}处中有{many}处再次有发现，最早在行动后第{first}天。",
)
CLUSTERS_TOLD = problem(
    "hotspots.told.clusters",
    en="{clusters} clusters by {method} (at least {least} points{reach_en}); {alone} of {many} points belong to none"
    " (-1).",
    zh="按{method}得到{clusters}个聚集（每个至少{least}个点{reach_zh}）；{many}个点中有{alone}个不属于任何聚集（-1）。",
)
