using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Crosstown.Server.Privacy;

/// <summary>A call that the compiled program makes, with the text constants that are handed to it.</summary>
/// <param name="MadeIn">Type and method that make it.</param>
/// <param name="Type">Full name of the type that is called.</param>
/// <param name="Method">Name of the method that is called.</param>
/// <param name="Texts">The constants in the order in which they were put down.</param>
internal sealed record LiteralCall(string MadeIn, string Type, string Method, ImmutableArray<string> Texts);

/// <summary>Reads calls off a compiled assembly, so that what is written to logs and read from settings is known without running it (rule P02).</summary>
internal static class SourceLiterals
{
    private static readonly FrozenDictionary<short, OpCode> s_codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToFrozenDictionary(c => c.Value);

    /// <summary>All calls to methods of some types.</summary>
    /// <param name="types">Full names, as <c>Microsoft.Extensions.Logging.LoggerExtensions</c>.</param>
    public static IReadOnlyList<LiteralCall> ListCalls(Assembly assembly, IReadOnlySet<string> types)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        var calls = new List<LiteralCall>();
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress != 0)
            {
                var madeIn = $"{NameOf(metadata, metadata.GetTypeDefinition(method.GetDeclaringType()))}.{metadata.GetString(method.Name)}";
                Read(metadata, file.GetMethodBody(method.RelativeVirtualAddress).GetILReader(), madeIn, types, calls);
            }
        }

        return calls;
    }

    private static void Read(MetadataReader metadata, BlobReader code, string madeIn, IReadOnlySet<string> types, List<LiteralCall> calls)
    {
        var texts = new List<string>();
        var isBranch = false;
        while (code.RemainingBytes > 0)
        {
            var first = code.ReadByte();
            var instruction = s_codes[first == 0xFE ? (short)(0xFE00 | code.ReadByte()) : first];
            var operand = 0;
            switch (instruction.OperandType)
            {
                case OperandType.InlineNone: break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar: code.Offset += 1; break;
                case OperandType.InlineVar: code.Offset += 2; break;
                case OperandType.InlineI8 or OperandType.InlineR: code.Offset += 8; break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                default: operand = code.ReadInt32(); break;
            }

            if (instruction == OpCodes.Ldstr)
            {
                texts.Add(metadata.GetUserString(MetadataTokens.UserStringHandle(operand & 0xFFFFFF)));
            }
            else if (instruction == OpCodes.Call || instruction == OpCodes.Callvirt)
            {
                if (FindTarget(metadata, MetadataTokens.EntityHandle(operand)) is { } target && types.Contains(target.Type))
                {
                    calls.Add(new LiteralCall(madeIn, target.Type, target.Method, [.. texts]));
                    texts.Clear();
                }
            }
            else if (EndsStatement(instruction) && !(instruction == OpCodes.Pop && isBranch))
            {
                texts.Clear();
            }

            // What is taken off right behind a branch is the null of an operator such as ??, in the middle of a statement.
            isBranch = instruction.FlowControl == FlowControl.Cond_Branch;
        }
    }

    // What was put down before these does not reach a later call.
    private static bool EndsStatement(OpCode instruction) =>
        instruction == OpCodes.Pop || instruction == OpCodes.Ret || instruction == OpCodes.Throw || instruction == OpCodes.Stfld
        || instruction.Name!.StartsWith("stloc", StringComparison.Ordinal);

    private static (string Type, string Method)? FindTarget(MetadataReader metadata, EntityHandle handle)
    {
        if (handle.Kind == HandleKind.MethodSpecification)
        {
            handle = metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method;
        }

        if (handle.Kind != HandleKind.MemberReference)
        {
            return null;
        }

        var member = metadata.GetMemberReference((MemberReferenceHandle)handle);
        if (member.Parent.Kind != HandleKind.TypeReference)
        {
            return null;
        }

        var type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
        return ($"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}", metadata.GetString(member.Name));
    }

    private static string NameOf(MetadataReader metadata, TypeDefinition type)
    {
        var outer = type.GetDeclaringType();
        return outer.IsNil ? $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}" : NameOf(metadata, metadata.GetTypeDefinition(outer));
    }
}
