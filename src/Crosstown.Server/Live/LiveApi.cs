using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Live;

/// <summary>What browsers are told as it happens, by server-sent events.</summary>
internal static class LiveApi
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/live", (LiveEvents events, SignalStates states, TimeProvider time, CancellationToken stop) =>
            TypedResults.ServerSentEvents(Listen(events, states, time, stop))).RequireRole(Role.View).WithName("listenLive").WithTags("live");

    private static async IAsyncEnumerable<SseItem<string>> Listen(LiveEvents events, SignalStates states, TimeProvider time, [EnumeratorCancellation] CancellationToken stop)
    {
        var changed = Channel.CreateBounded<SignalId>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });
        void Tell(SignalId signal, ReadOnlyMemory<Core.Events.ControllerEvent> added) => changed.Writer.TryWrite(signal);
        events.Appended += Tell;
        try
        {
            using var timer = new PeriodicTimer(s_beat, time);
            var beats = 0;
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                var signals = new HashSet<SignalId>();
                while (changed.Reader.TryRead(out var signal))
                {
                    signals.Add(signal);
                }

                if (signals.Count > 0)
                {
                    yield return new SseItem<string>(JsonSerializer.Serialize(new { signals = signals.Select(s => new { id = s.Value, status = states.StatusOf(s) }) }, s_json), "status");
                }

                if (beats++ % 5 == 0)
                {
                    yield return new SseItem<string>(JsonSerializer.Serialize(new { nowMs = time.GetUtcNow().ToUnixTimeMilliseconds() }, s_json), "clock");
                }
            }
        }
        finally
        {
            events.Appended -= Tell;
        }
    }
}
