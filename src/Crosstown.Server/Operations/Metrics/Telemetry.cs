using System.Diagnostics;
using Crosstown.Server.Store.Records;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Crosstown.Server.Operations.Metrics;

/// <summary>Sends figures and traces to the collector that the settings name, by OTLP over HTTP. Runs only where one is named.</summary>
internal sealed class Telemetry(TelemetrySettings settings) : IHostedService, IDisposable
{
    private static readonly TimeSpan s_lastSend = TimeSpan.FromSeconds(3);

    private MeterProvider? _figures;
    private TracerProvider? _traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateEmpty().AddService("crosstown", serviceVersion: ProgramVersion.Text, autoGenerateServiceInstanceId: false);
        _figures = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter([.. MetricLabels.Meters])
            .AddView(instrument => new MetricStreamConfiguration { TagKeys = [.. MetricLabels.Kept] })
            .AddOtlpExporter((o, _) => Set(o, "v1/metrics"))
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .SetSampler(new AlwaysOnSampler())
            .AddSource("Crosstown.*")
            .AddProcessor(new KeptLabels())
            .AddOtlpExporter(o => Set(o, "v1/traces"))
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _figures?.ForceFlush((int)s_lastSend.TotalMilliseconds);
        _traces?.ForceFlush((int)s_lastSend.TotalMilliseconds);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _figures?.Dispose();
        _traces?.Dispose();
    }

    private void Set(OtlpExporterOptions options, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(settings.Endpoint!.AbsoluteUri.TrimEnd('/') + "/" + path);
    }

    /// <summary>Takes everything off a trace that is not on the list: addresses, agents, paths with ids, queries (rule P18).</summary>
    private sealed class KeptLabels : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            foreach (var (name, _) in data.TagObjects.Where(t => !MetricLabels.IsKept(t.Key)).ToList())
            {
                data.SetTag(name, null);
            }
        }
    }
}
