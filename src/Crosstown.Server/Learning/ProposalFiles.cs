using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Configuration;
using Crosstown.Logs.Store;
using Crosstown.Server.Configuration;

namespace Crosstown.Server.Learning;

/// <summary>Keeps proposals in the data folder, one file per signal, so that a restart learns nothing twice.</summary>
internal sealed class ProposalFiles(string data)
{
    /// <summary>Where proposals lie in a data folder.</summary>
    public const string Folder = "proposals";

    /// <summary>A signal's proposal; null when there is none, or its file is damaged and must be learned anew.</summary>
    public Proposal? Find(SignalId signal)
    {
        var path = PathOf(signal);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = json.RootElement;
            var configuration = SignalFiles.ReadTexts([(path, root.GetProperty("configuration").GetRawText())], new DataIssueLog()).Single();
            var log = new TimeRange(root.GetProperty("fromMs").GetInt64(), root.GetProperty("toMs").GetInt64());
            return new Proposal(root.GetProperty("learnedMs").GetInt64(), new Learned(configuration, log, root.GetProperty("events").GetInt64()));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            return null;
        }
    }

    public void Keep(Proposal proposal)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("learnedMs", proposal.LearnedMs);
            json.WriteNumber("fromMs", proposal.Learned.Log.StartMs);
            json.WriteNumber("toMs", proposal.Learned.Log.EndMs);
            json.WriteNumber("events", proposal.Learned.Events);
            json.WritePropertyName("configuration");
            SettingList.ToJson(proposal.Learned.Configuration).WriteTo(json);
            json.WriteEndObject();
        }

        WholeFile.Write(PathOf(proposal.Learned.Configuration.Signal), stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private string PathOf(SignalId signal) => Path.Combine(data, Folder, signal.Value + ".json");
}
