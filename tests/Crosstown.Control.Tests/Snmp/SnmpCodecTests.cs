using System.Diagnostics;
using System.Formats.Asn1;
using Crosstown.Control.Ntcip;
using Crosstown.Control.Snmp;
using Crosstown.Core;
using Crosstown.Core.Controllers;
using Crosstown.Sender;

namespace Crosstown.Control.Tests.Snmp;

public sealed class SnmpCodecTests
{
    private static readonly ObjectIdentifier s_upTime = ObjectIdentifier.Parse("1.3.6.1.2.1.1.3.0");
    private static readonly CommunityAccess s_community = new(SnmpVersion.V2C, new SnmpSecret("public"), isInsideTunnel: true);

    // A get of sysUpTime.0 by version 2c with community public and request 1, written out by hand after RFC 3416 and X.690.
    private const string GetUpTime = "302602010104067075626C6963A019020101020100020100300E300C06082B060102010103000500";

    [Fact]
    public void A_get_is_the_octets_that_the_standard_writes() =>
        Assert.Equal(GetUpTime, Convert.ToHexString(MessageFrame.Encode(s_community, null, 1, 0, w => ReadPdu.Write(w, SnmpReadKind.Get, 1, [s_upTime]))));

    [Fact]
    public void What_is_written_is_read_again()
    {
        var message = SnmpMessage.Decode(Convert.FromHexString(GetUpTime));
        Assert.Equal((SnmpVersion.V2C, 0, 1), (message.Version, message.Pdu!.Tag, message.Pdu.RequestId));
        Assert.Equal("public"u8, message.Community.Span);
        Assert.Equal([new SnmpVariable(s_upTime, SnmpValue.Null)], message.Pdu.Variables);

        var bulk = SnmpMessage.Decode(MessageFrame.Encode(s_community, null, 9, 0, w => ReadPdu.Write(w, SnmpReadKind.GetBulk, 9, [s_upTime, NtcipObjects.UnitFlashStatus], 1, 20))).Pdu!;
        Assert.Equal((5, 9, 1, 20), (bulk.Tag, bulk.RequestId, bulk.ErrorStatus, bulk.ErrorIndex));
        Assert.Equal([s_upTime, NtcipObjects.UnitFlashStatus], bulk.Variables.Select(v => v.Name));
    }

    [Fact]
    public void A_command_is_written_to_three_kinds_of_objects_and_no_other()
    {
        var pdu = SnmpMessage.Decode(MessageFrame.Encode(s_community, null, 7, 0, w => SetPdu.Write(w, 7, ControlCommand.Nothing, 2))).Pdu!;
        Assert.Equal((3, 7, 0, 0), (pdu.Tag, pdu.RequestId, pdu.ErrorStatus, pdu.ErrorIndex));
        Assert.Equal(
            ["1.3.6.1.4.1.1206.4.2.1.1.5.1.4.1", "1.3.6.1.4.1.1206.4.2.1.1.5.1.5.1", "1.3.6.1.4.1.1206.4.2.1.1.5.1.4.2", "1.3.6.1.4.1.1206.4.2.1.1.5.1.5.2", "1.3.6.1.4.1.1206.4.2.1.4.14.0"],
            pdu.Variables.Select(v => v.Name.ToString()));
        Assert.All(pdu.Variables, v => Assert.Equal(SnmpValue.OfNumber(0), v.Value));
    }

    [Fact]
    public void Every_kind_of_value_comes_back_as_it_was()
    {
        SnmpValue[] values =
        [
            SnmpValue.OfNumber(0), SnmpValue.OfNumber(-1), SnmpValue.OfNumber(int.MinValue), SnmpValue.OfNumber(int.MaxValue), SnmpValue.OfOctets([]), SnmpValue.OfOctets([0, 255, 128]), SnmpValue.Null,
            SnmpValue.OfName(s_upTime), SnmpValue.OfName(new ObjectIdentifier(2, 999, uint.MaxValue)), SnmpValue.OfUnsigned(SnmpValueKind.Counter32, uint.MaxValue), SnmpValue.OfUnsigned(SnmpValueKind.Gauge32, 128),
            SnmpValue.OfUnsigned(SnmpValueKind.TimeTicks, 1UL << 31), SnmpValue.OfUnsigned(SnmpValueKind.Counter64, 0), SnmpValue.OfUnsigned(SnmpValueKind.Counter64, 127), SnmpValue.OfUnsigned(SnmpValueKind.Counter64, 128),
            SnmpValue.OfUnsigned(SnmpValueKind.Counter64, ulong.MaxValue), SnmpValue.Missing(SnmpValueKind.NoSuchObject), SnmpValue.Missing(SnmpValueKind.NoSuchInstance), SnmpValue.Missing(SnmpValueKind.EndOfMibView),
        ];
        foreach (var value in values)
        {
            var writer = new AsnWriter(AsnEncodingRules.BER);
            value.Write(writer);
            Assert.Equal(value, SnmpValue.Read(Ber.Open(writer.Encode())));
        }
    }

    [Theory]
    [InlineData("0202FFFF", -1L)]
    [InlineData("02020005", 5L)]
    [InlineData("028100", null)]
    [InlineData("4104FFFFFFFF", 4294967295L)]
    [InlineData("410500FFFFFFFF", 4294967295L)]
    [InlineData("0209000000000000000005", null)]
    [InlineData("02050100000000", null)]
    [InlineData("4101FF", null)]
    public void Numbers_with_more_octets_than_they_need_are_read_and_those_out_of_their_range_are_not(string octets, long? number)
    {
        SnmpValue Read() => SnmpValue.Read(Ber.Open(Convert.FromHexString(octets)));
        if (number is null)
        {
            Assert.Equal(SnmpFault.Malformed, Assert.Throws<SnmpException>(Read).Fault);
        }
        else
        {
            Assert.Equal(number, Read().Number);
        }
    }

    [Theory]
    [InlineData("1.3.6.1.4.1.1206.4.2.1.1.4.1.4.1")]
    [InlineData("0.0")]
    [InlineData("2.4294967215")]
    [InlineData("1.39.4294967295")]
    public void Names_come_back_as_they_were(string text) => Assert.Equal(text, ObjectIdentifier.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("3.1")]
    [InlineData("1.40")]
    [InlineData("1.3.-1")]
    [InlineData("1.3.4294967296")]
    [InlineData("1.3..6")]
    public void What_is_no_name_is_refused(string text) => Assert.Throws<FormatException>(() => ObjectIdentifier.Parse(text));

    [Fact]
    public void Names_stand_in_the_order_of_a_walk()
    {
        var sorted = new[] { "1.3.6.1", "1.3.6.1.2", "1.3.6.1.2.0", "1.3.6.1.10", "1.3.6.2" };
        var names = sorted.Reverse().Select(ObjectIdentifier.Parse).ToList();
        names.Sort(ObjectIdentifier.Compare);
        Assert.Equal(sorted, names.Select(n => n.ToString()));
    }

    [Fact]
    [Trait("rule", "C01")]
    public void A_request_to_read_can_be_written_in_three_kinds_and_none_of_them_changes_anything()
    {
        foreach (var kind in Enumerable.Range(-2, 300))
        {
            var writer = new AsnWriter(AsnEncodingRules.BER);
            void Write() => ReadPdu.Write(writer, (SnmpReadKind)kind, 1, [s_upTime]);
            if (kind is 0 or 1 or 5)
            {
                Write();
                Assert.Equal(0xA0 + kind, writer.Encode()[0]);
            }
            else
            {
                Assert.Throws<ArgumentOutOfRangeException>(Write);
            }
        }
    }

    [Fact]
    [Trait("rule", "C02")]
    public void A_command_has_room_for_holds_force_offs_and_a_pattern_alone()
    {
        Assert.Equal(["ForceOffs", "Holds", "IsNothing", "Nothing", "Pattern"], typeof(ControlCommand).GetProperties().Select(p => p.Name).Order());
        Assert.All(typeof(ControlCommand).GetProperties(), p => Assert.False(p.CanWrite));
        Assert.Empty(typeof(ControlCommand).GetConstructors());
        Assert.Equal([typeof(IEnumerable<ApprovedAdvice>)], typeof(ControlCommand).GetMethod("Of")!.GetParameters().Select(p => p.ParameterType));
    }

    [Fact]
    public void Any_octets_give_a_message_or_an_error_that_says_so_at_once_and_in_little_memory()
    {
        var random = new RandomNumbers(20260513, 1);
        var user = new UserAccess("reader", AuthenticationProtocol.Sha256, new SnmpSecret("maple and syrup"), new SnmpSecret("syrup and maple"));
        var engine = new UsmEngine(user, "\x80\0\0\0\x01crosstown"u8, new ManualTime());
        engine.Take(3, 100);
        byte[][] seeds =
        [
            Convert.FromHexString(GetUpTime),
            MessageFrame.Encode(s_community, null, 9, 0, w => ReadPdu.Write(w, SnmpReadKind.GetBulk, 9, [.. Enumerable.Range(1, 40).Select(NtcipObjects.PreemptState)], 1, 20)),
            MessageFrame.Encode(s_community, null, 9, 0, w => SetPdu.Write(w, 9, ControlCommand.Nothing, 2)),
            MessageFrame.EncodeDiscovery(77),
            MessageFrame.Encode(user, engine, 78, 5, w => ReadPdu.Write(w, SnmpReadKind.Get, 78, [s_upTime])),
            MessageFrame.EncodeProtected(engine, 78, 5, UsmProtection.Authentic, w => ReadPdu.Write(w, SnmpReadKind.Get, 78, [s_upTime])),

            // Parts in parts, without an end and with lengths that nobody has.
            [.. Enumerable.Repeat((byte)0x30, 400)], [.. Enumerable.Repeat(new byte[] { 0x30, 0x80 }, 4000).SelectMany(b => b)], [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], [0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF, 2, 1, 1],
            [0x30, 0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [],
        ];
        var (read, refused) = (0, 0);
        var longestMs = 0.0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 60_000; round++)
        {
            var packet = seeds[round % seeds.Length].ToArray();
            for (var changes = random.NextInt(4); changes >= 0 && packet.Length > 0 && round >= seeds.Length; changes--)
            {
                var at = random.NextInt(packet.Length);
                packet = random.NextInt(5) switch
                {
                    0 => packet[..at],
                    1 => [.. packet[..at], (byte)random.NextInt(256), .. packet[at..]],
                    2 => [.. packet[..at], .. packet[(at + 1)..]],
                    3 => [.. packet[..at], (byte)(packet[at] ^ (1 << random.NextInt(8))), .. packet[(at + 1)..]],
                    _ => [.. packet[..at], (byte)random.NextInt(256), .. packet[(at + 1)..]],
                };
            }

            // A busy machine may stop us at any packet, but not three times at the same one.
            var ms = double.PositiveInfinity;
            for (var attempt = 0; attempt < 3 && ms > 50; attempt++)
            {
                var clock = Stopwatch.GetTimestamp();
                var isRead = Reads(packet);
                ms = Math.Min(ms, Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
                read += isRead ? 1 : 0;
                refused += isRead ? 0 : 1;
            }

            longestMs = Math.Max(longestMs, ms);
        }

        Assert.True(read > 1000 && refused > 10_000, $"{read} read, {refused} refused");
        Assert.True(longestMs < 200, $"{longestMs} ms for one packet");
        Assert.True((GC.GetAllocatedBytesForCurrentThread() - before) / 60_000 < 64 * 1024, "memory for a packet");
    }

    [Fact]
    public void A_packet_that_is_too_long_is_refused_before_it_is_read() =>
        Assert.Equal(SnmpFault.TooLarge, Assert.Throws<SnmpException>(() => SnmpMessage.Decode(new byte[SnmpMessage.LongestOctets + 1])).Fault);

    private static bool Reads(byte[] packet)
    {
        try
        {
            SnmpMessage.Decode(packet);
            return true;
        }
        catch (SnmpException e)
        {
            Assert.True(e.Fault is SnmpFault.Malformed or SnmpFault.TooLarge, $"{e.Fault}");
            return false;
        }
    }
}
