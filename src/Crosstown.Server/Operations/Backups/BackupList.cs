using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crosstown.Server.Operations.Backups;

/// <summary>One file of a backup.</summary>
/// <param name="Name">Path from the data folder on, with forward slashes.</param>
/// <param name="Sha256">Hexadecimal.</param>
internal sealed record BackupFile(string Name, long Bytes, string Sha256);

/// <summary>What a backup holds: its last entry. Files of the archive that it does not name are no part of the backup.</summary>
/// <param name="Format">1; another one is of a newer program.</param>
/// <param name="Program">Version of the program that made it.</param>
/// <param name="CreatedMs">When it was begun, ms UTC: everything acknowledged before is in it.</param>
/// <param name="HasRecords">False when the records are in PostgreSQL, which has backups of its own.</param>
internal sealed record BackupList(int Format, string Program, long CreatedMs, bool HasRecords, IReadOnlyList<BackupFile> Files)
{
    public const int CurrentFormat = 1;
    public const string EntryName = "crosstown-backup.json";

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupList);

    /// <summary>Null when the text is no list.</summary>
    public static BackupList? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, BackupJson.Default.BackupList);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(BackupList))]
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 8)]
internal sealed partial class BackupJson : JsonSerializerContext;
