using Crosstown.Core.Events;

namespace Crosstown.Measures.Engine;

/// <summary>A set of event codes.</summary>
public sealed class CodeSet
{
    private readonly bool[] _has = new bool[EventCode.TableSize];

    private CodeSet(bool all) => IsAll = all;

    /// <summary>Every code, unknown ones included.</summary>
    public static CodeSet All { get; } = new(true);

    /// <summary>True when events need no filtering.</summary>
    public bool IsAll { get; }

    /// <exception cref="ArgumentException">A code lies at or above <see cref="EventCode.TableSize"/>.</exception>
    public static CodeSet Of(params ReadOnlySpan<ushort> codes)
    {
        var set = new CodeSet(false);
        foreach (var code in codes)
        {
            if (code >= EventCode.TableSize)
            {
                throw new ArgumentException($"Code {code} is not below {EventCode.TableSize}.", nameof(codes));
            }

            set._has[code] = true;
        }

        return set;
    }

    /// <summary>This set and all codes from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public CodeSet AndRange(ushort first, ushort last)
    {
        var set = new CodeSet(IsAll);
        _has.CopyTo(set._has.AsSpan());
        set._has.AsSpan(first, last - first + 1).Fill(true);
        return set;
    }

    public bool Contains(int code) => IsAll || (code < EventCode.TableSize && _has[code]);
}
