using System.Formats.Asn1;

namespace Crosstown.Control.Snmp;

/// <summary>How objects are asked for. There is no kind that changes one.</summary>
public enum SnmpReadKind
{
    /// <summary>These objects.</summary>
    Get = 0,

    /// <summary>The next object after each name.</summary>
    GetNext = 1,

    /// <summary>The next objects after each name, several at once; not in version 1.</summary>
    GetBulk = 5,
}

/// <summary>Writes requests that read. It is the only place of the default programs that writes a request at all (rule C01).</summary>
internal static class ReadPdu
{
    /// <param name="names">What is asked for.</param>
    /// <param name="once">Of a get bulk: so many of the names are asked for once.</param>
    /// <param name="repetitions">Of a get bulk: so often the others.</param>
    /// <exception cref="ArgumentOutOfRangeException">The kind is none that reads.</exception>
    public static void Write(AsnWriter writer, SnmpReadKind kind, int id, IReadOnlyList<ObjectIdentifier> names, int once = 0, int repetitions = 0)
    {
        if (kind is not (SnmpReadKind.Get or SnmpReadKind.GetNext or SnmpReadKind.GetBulk))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "Objects can only be read.");
        }

        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, (int)kind)))
        {
            writer.WriteInteger(id);
            writer.WriteInteger(once);
            writer.WriteInteger(repetitions);
            using (writer.PushSequence())
            {
                foreach (var name in names)
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(name.ToString());
                        writer.WriteNull();
                    }
                }
            }
        }
    }
}
