/*
 * Two rings and a barrier, as NEMA TS 2 describes them. Written from the rules, not from our engine, so that neither repeats the other's slips.
 *
 *   ring 0:  1 2 | 4        ring 1:  6 | 8        walkers cross with 4
 *
 * Time runs in ticks. In each tick a vehicle may call any one phase and a walker may press; when greens end early is left open.
 *
 *   spin -a ring-barrier.pml; gcc -O2 -DSAFETY -o pan pan.c; ./pan        asserts: conflicts, yellow, red clearance, minimum green, walkers
 *   spin -a ring-barrier.pml; gcc -O2 -o pan pan.c; ./pan -a -N served4   nobody waits forever (served1, served2, served6, served8)
 *
 * -DPLANT=1..5 plants an error that spin has to find. -DTRACE=n follows n ticks that a real controller showed, in trace.pml: the assert at their end fails when these rules allow all of them.
 */
#ifndef MINIMUM
#define MINIMUM 2
#define MAXIMUM 3
#define YELLOW_TIME 2
#define CLEAR_TIME 1
#define WALK_TIME 1
#define FLASH_TIME 2
#endif
#ifndef PLANT
#define PLANT 0
#endif

mtype:signal = { red, green, yellow, clear };
mtype:walker = { dont, walk, flash };

byte group;                          /* the side of the barrier that both rings are on */
bool leaving;                        /* the rings have agreed to cross */
byte phase[2];                       /* 0 while a ring is dark */
mtype:signal shows[2] = red;
byte ticks[2];                       /* in the present display, green counted to MAXIMUM */
byte place[2];                       /* how far a ring has come on this side: it goes back only when nobody waits further on or on the other side */
byte waited[2];                      /* green ticks with somebody waiting elsewhere, to MAXIMUM */
mtype:walker walkers = dont;
byte walker_ticks;
bool rested;                         /* don't walk has been shown since the last clearance */
bool call[9];
bool press;

/* What an onlooker has counted, for the asserts alone. */
byte seen[2];
mtype:signal was[2] = red;
byte was_phase[2];
mtype:walker walkers_were = dont;
byte walkers_seen;

#define ring_of(p)    ((p) == 6 || (p) == 8)
#define group_of(p)   ((p) == 4 || (p) == 8)
#define order_of(p)   (p)
#define lit(r)        (shows[r] == green || shows[r] == yellow)
#define waits_across  ((group == 0 && (call[4] || call[8])) || (group == 1 && (call[1] || call[2] || call[6])))
#define waits_in(r)   ((r) == 0 && group == 0 && ((call[1] && phase[0] != 1) || (call[2] && phase[0] != 2)))
#define may_go_to(p)  (call[p] && group == group_of(p) && (order_of(p) > place[ring_of(p)] || (!waits_across && (ring_of(p) == 1 || !waits_ahead))))
#define ready(r)      (shows[r] != green || (ticks[r] >= MINIMUM && (walkers == dont || phase[r] != 4 || PLANT == 3)))
#define waits_ahead    (group == 0 && ((call[1] && place[0] < 1) || (call[2] && place[0] < 2)))
#define can_leave(r)  (phase[r] == 0 || (shows[r] == green && ready(r)))

inline begin(r, p) {
    phase[r] = p; shows[r] = green; ticks[r] = 0; waited[r] = 0; place[r] = order_of(p); call[p] = false;
    if
    :: p == 4 && press -> walkers = walk; walker_ticks = 0; press = false
    :: else
    fi
}

/* Yellow and red clearance have one length each. */
inline end_change(r) {
    if
    :: shows[r] == yellow && (ticks[r] == YELLOW_TIME || (PLANT == 2 && ticks[r] == YELLOW_TIME - 1 && waits_across)) -> shows[r] = clear; ticks[r] = 0
    :: else
    fi;
    if
    :: shows[r] == clear && (ticks[r] == CLEAR_TIME || PLANT == 4) -> shows[r] = red; phase[r] = 0; ticks[r] = 0
    :: else
    fi
}

/* Phases of a ring follow each other in order. A green may end for another phase of its ring; it has to once it is at its maximum. */
inline end_green(r) {
    if
    :: shows[r] == green && !leaving && waits_in(r) && ready(r) && (may_go_to(1) || may_go_to(2)) ->
        if
        :: shows[r] = yellow; ticks[r] = 0
#ifdef TRACE
        :: skip
#else
        :: waited[r] < MAXIMUM -> skip
#endif
        fi
    :: else
    fi
}

inline start(r, a, b) {
    if
    :: phase[r] == 0 ->
        if
        :: may_go_to(a) -> begin(r, a)
        :: !may_go_to(a) && may_go_to(b) -> begin(r, b)
        :: !may_go_to(a) && !may_go_to(b) -> skip
        fi
    :: else
    fi
}

inline tell_time() {
    rested = (walkers == dont);
    if :: ticks[0] < MAXIMUM || shows[0] != green -> ticks[0]++ :: else fi;
    if :: ticks[1] < MAXIMUM || shows[1] != green -> ticks[1]++ :: else fi;
    if :: shows[0] == red -> ticks[0] = 0 :: else fi;
    if :: shows[1] == red -> ticks[1] = 0 :: else fi;
    if :: shows[0] == green && (waits_across || waits_in(0)) && waited[0] < MAXIMUM -> waited[0]++ :: else fi;
    if :: shows[1] == green && waits_across && waited[1] < MAXIMUM -> waited[1]++ :: else fi;
    if
    :: walkers != dont ->
        walker_ticks++;
        if
        :: walkers == walk && walker_ticks == WALK_TIME -> walkers = flash; walker_ticks = 0
        :: walkers == flash && walker_ticks == FLASH_TIME -> walkers = dont; walker_ticks = 0
        :: else
        fi
    :: else
    fi
}

/* Which phases may never be lit together, written out. */
inline look() {
    assert(!(lit(0) && lit(1) && group_of(phase[0]) != group_of(phase[1])));
    assert(!(lit(0) && shows[1] == clear && group_of(phase[0]) != group_of(phase[1])));
    assert(!(lit(1) && shows[0] == clear && group_of(phase[0]) != group_of(phase[1])));
    look_at(0);
    look_at(1);
    if
    :: walkers != walkers_were ->
        assert(walkers_were != walk || (walkers == flash && walkers_seen == WALK_TIME));
        assert(walkers_were != flash || (walkers == dont && walkers_seen == FLASH_TIME));
        walkers_were = walkers; walkers_seen = 0
    :: else
    fi;
    assert(walkers == dont || (phase[0] == 4 && shows[0] == green));
    if :: walkers != dont -> walkers_seen++ :: else -> walkers_seen = 0 fi
}

inline look_at(r) {
    if
    :: shows[r] != was[r] || phase[r] != was_phase[r] ->
        assert(was[r] != green || (shows[r] == yellow && seen[r] >= MINIMUM));
        assert(was[r] != yellow || seen[r] == YELLOW_TIME);
        assert(was[r] != yellow || shows[r] == clear);
        assert(was[r] != clear || seen[r] == CLEAR_TIME);
        was[r] = shows[r]; was_phase[r] = phase[r]; seen[r] = 0
    :: else
    fi;
    if :: shows[r] != red && seen[r] < 15 && !(shows[r] == green && seen[r] >= MINIMUM) -> seen[r]++ :: else fi
}

#ifdef TRACE
/* One row per tick: phase and signal of ring 0, of ring 1, walkers. */
#include "trace.pml"
int at;
#define shown(r)  ((shows[r] == red && c_expr { trace[now.at][2 * r + 1] == 0 }) || (shows[r] == green && c_expr { trace[now.at][2 * r + 1] == 1 }) || (shows[r] == yellow && c_expr { trace[now.at][2 * r + 1] == 2 }) || (shows[r] == clear && c_expr { trace[now.at][2 * r + 1] == 3 }))
#endif

init {
    do
    :: atomic {
#ifdef TRACE
        /* Nobody knows who called: any set may have. */
        if :: call[1] = true :: skip fi;
        if :: call[2] = true :: skip fi;
        if :: call[4] = true :: skip fi;
        if :: call[6] = true :: skip fi;
        if :: call[8] = true :: skip fi;
        if :: press = true :: skip fi;
#else
        if
        :: call[1] = true
        :: call[2] = true
        :: call[4] = true
        :: call[6] = true
        :: call[8] = true
        :: press = true; call[4] = true
        :: skip
        fi;
#endif
        tell_time();
        end_change(0);
        end_change(1);
        end_green(0);
        end_green(1);
        /* Both rings cross together: all greens end at once, and nothing on the other side starts before the last of them is clear. */
        if
        :: !leaving && waits_across && !waits_ahead && can_leave(0) && can_leave(1) && (phase[0] != 0 || phase[1] != 0) ->
            if
            :: leaving = true;
                if :: shows[0] == green -> shows[0] = yellow; ticks[0] = 0 :: else fi;
                if :: shows[1] == green -> shows[1] = yellow; ticks[1] = 0 :: else fi
#ifdef TRACE
            :: skip
#else
            :: (shows[0] == green && waited[0] < MAXIMUM) || (shows[1] == green && waited[1] < MAXIMUM) -> skip
#endif
            fi
        :: !leaving && waits_across && phase[0] == 0 && phase[1] == 0 && !may_go_to(1) && !may_go_to(2) && !may_go_to(6) && !may_go_to(4) && !may_go_to(8) -> leaving = true
        :: else
        fi;
        if
        :: leaving && ((phase[0] == 0 && phase[1] == 0) || (PLANT == 1 && phase[0] == 0)) -> leaving = false; group = 1 - group; place[0] = 0; place[1] = 0
        :: else
        fi;
        if
        :: PLANT == 5 && shows[0] == green && waits_across -> place[0] = 0
        :: else
        fi;
        if
        :: !leaving && group == 0 -> start(0, 1, 2); start(1, 6, 6)
        :: !leaving && group == 1 -> start(0, 4, 4); start(1, 8, 8)
        :: else
        fi;
        /* Walkers who come in green may still go while nobody waits across. */
        if
        :: phase[0] == 4 && shows[0] == green && press && walkers == dont && rested && !waits_across ->
            if
            :: walkers = walk; walker_ticks = 0; press = false
            :: skip
            fi
        :: else
        fi;
#ifndef TRACE
        look();
#else
        phase[0] == c_expr { trace[now.at][0] } && phase[1] == c_expr { trace[now.at][2] } && shown(0) && shown(1);
        (walkers == dont && c_expr { trace[now.at][4] == 0 }) || (walkers == walk && c_expr { trace[now.at][4] == 1 }) || (walkers == flash && c_expr { trace[now.at][4] == 2 });
        at++;
        if
        :: at == TRACE -> assert(false)
        :: else
        fi
#endif
       }
    od
}

#ifndef TRACE
ltl served1 { [] (call[1] -> <> (phase[0] == 1 && shows[0] == green)) }
ltl served2 { [] (call[2] -> <> (phase[0] == 2 && shows[0] == green)) }
ltl served4 { [] (call[4] -> <> (phase[0] == 4 && shows[0] == green)) }
ltl served6 { [] (call[6] -> <> (phase[1] == 6 && shows[1] == green)) }
ltl served8 { [] (call[8] -> <> (phase[1] == 8 && shows[1] == green)) }
#endif
